import { hash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { SyncAnswer } from '../../sync/sync-answer';
import { isDryRun } from '../dry-run';
import { idempotencyKeyOf } from '../idempotency-key';
import { rawBodyOf } from '../raw-body';
import { tenantOf } from '../tenant.decorator';
import { IdempotencyService } from './idempotency.service';

/** The route as it is declared, whatever the case or the slash at the end of the address. */
const SYNC_ROUTE = /^\/v1\/sync\/([a-z]+)$/;

/** Answers a repeated sync request as the first was answered; a dry run is never a repeat. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: IdempotencyService) {}

  intercept(context: ExecutionContext, next: CallHandler<SyncAnswer>): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request & { route: { path: string } }>();
    const route = SYNC_ROUTE.exec(request.route.path)?.[1];
    return route === undefined ? next.handle() : from(this.answer(context, route, () => lastValueFrom(next.handle())));
  }

  private async answer(context: ExecutionContext, route: string, work: () => Promise<SyncAnswer>): Promise<string> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>().type('application/json');
    if (isDryRun(request)) return JSON.stringify((await work()).report);
    const { key, isExplicit } = idempotencyKeyOf(request);
    const at = { tenantId: tenantOf(context), route, key };
    const bodyHash = hash('sha256', rawBodyOf(request), 'hex');
    const { body, isReplay } = await this.idempotency.once({ at, isExplicit, bodyHash }, work);
    if (isReplay) response.setHeader('Idempotent-Replayed', 'true');
    return body;
  }
}
