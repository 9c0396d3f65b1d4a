import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The tenant that the request is about: the one that its address names, else the one in whose name it is made. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => tenantOf(context));

export function tenantOf(context: ExecutionContext): string {
  const { tenantId } = context.switchToHttp().getRequest<Request>();
  if (tenantId === undefined) throw new Error('The access guard did not run');
  return tenantId;
}
