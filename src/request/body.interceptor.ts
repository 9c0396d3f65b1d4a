import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';
import { BodyReader } from './body-reader';

/** The routes that read a body, whatever its type. */
const WITH_BODY = /^\/v1\/(sync|admin)\//;

/** Reads the body of a request that has been let in; nobody else's is read. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(private readonly bodies: BodyReader) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request & { route: { path: string } }>();
    if (WITH_BODY.test(request.route.path)) await this.bodies.read(request, http.getResponse<Response>());
    return next.handle();
  }
}
