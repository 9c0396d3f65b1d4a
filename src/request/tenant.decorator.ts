import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { Problem } from './problem';
import { TENANT_ID_PATTERN } from './tenant-id';

/** The tenant in whose name the request is made. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => tenantOf(context));

/** The tenant that the address names, which an administrator may ask about. */
export const TenantInPath = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const tenantId = context.switchToHttp().getRequest<Request>().params['tenant_id'];
  if (typeof tenantId === 'string' && TENANT_ID_PATTERN.test(tenantId)) return tenantId;
  throw new Problem(
    'TENANT_ID_MALFORMED',
    'A tenant id is 1 to 64 letters, digits, _ or -, and begins with a letter or digit',
  );
});

export function tenantOf(context: ExecutionContext): string {
  const { tenantId } = context.switchToHttp().getRequest<Request>();
  if (tenantId === undefined) throw new Error('The tenant interceptor did not run');
  return tenantId;
}
