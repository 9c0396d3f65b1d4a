import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { readBody } from '../sync/envelope/read-body';
import { rawBodyOf } from './raw-body';

const FORM = /^application\/x-www-form-urlencoded\b/i;

/** The body as JSON, read as the sync routes read theirs; but nothing here is a form, which `curl -d` says of all. @throws EnvelopeError */
export const JsonBody = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  const type = request.get('content-type') ?? '';
  return readBody(rawBodyOf(request), FORM.test(type) ? undefined : type || undefined);
});
