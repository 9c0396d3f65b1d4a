import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { SyncCall } from '../sync/sync-call';
import { idempotencyKeyOf } from './idempotency-key';
import { invalidParameter } from './problem';
import { tenantOf } from './tenant.decorator';

const NOTHING = Buffer.alloc(0);
const YES_OR_NO = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The request as the engine takes it, its body still in bytes. */
export const Call = createParamDecorator((_data: unknown, context: ExecutionContext): SyncCall => {
  const request = context.switchToHttp().getRequest<Request>();
  const body = Buffer.isBuffer(request.body) ? request.body : NOTHING;
  return {
    tenantId: tenantOf(context),
    idempotencyKey: idempotencyKeyOf(request, body),
    requestId: String(request.id),
    dryRun: isDryRun(request.query['dryRun']),
    contentType: request.get('content-type'),
    body,
  };
});

/** Anything but a clear yes or no is refused: who mistypes it must not write by accident. */
function isDryRun(value: unknown): boolean {
  if (value === undefined) return false;
  const answer = typeof value === 'string' ? YES_OR_NO.get(value.toLowerCase()) : undefined;
  if (answer !== undefined) return answer;
  throw invalidParameter('dryRun', 'dryRun must be true or false');
}
