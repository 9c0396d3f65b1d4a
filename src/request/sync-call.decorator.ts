import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { SyncCall } from '../sync/sync-call';
import { isDryRun } from './dry-run';
import { idempotencyKeyOf } from './idempotency-key';
import { rawBodyOf } from './raw-body';
import { requestIdOf } from './request-id';
import { tenantOf } from './tenant.decorator';

/** The request as the engine takes it, its body still in bytes. */
export const Call = createParamDecorator((_data: unknown, context: ExecutionContext): SyncCall => {
  const request = context.switchToHttp().getRequest<Request>();
  return {
    tenantId: tenantOf(context),
    idempotencyKey: idempotencyKeyOf(request).key,
    requestId: requestIdOf(request),
    dryRun: isDryRun(request),
    contentType: request.get('content-type'),
    body: rawBodyOf(request),
  };
});
