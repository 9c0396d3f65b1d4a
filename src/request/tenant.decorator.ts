import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The tenant in whose name the request is made. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => tenantOf(context));

export function tenantOf(context: ExecutionContext): string {
  const { tenantId } = context.switchToHttp().getRequest<Request>();
  if (tenantId === undefined) throw new Error('The tenant interceptor did not run');
  return tenantId;
}
