import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { readBody } from '../sync/envelope/read-body';
import { rawBodyOf } from './raw-body';

/** The body as JSON, read as the sync routes read theirs. @throws EnvelopeError */
export const JsonBody = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  return readBody(rawBodyOf(request), request.get('content-type'));
});
