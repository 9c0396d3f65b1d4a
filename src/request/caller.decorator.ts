import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { requestIdOf } from './request-id';
import { tenantOf } from './tenant.decorator';

/** Who asks, and about whose things. */
export interface Caller {
  readonly tenantId: string;
  readonly requestId: string;
  /** for the audit log */
  readonly actor: string;
  /** whether all tenants are the caller's business */
  readonly isOperator: boolean;
}

/** Whose request it is, and under which id the log knows it. */
export const By = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { requestId, actor, tenantId } = administratorOf(context);
  return { requestId, actor, isOperator: tenantId === null, tenantId: tenantOf(context) };
});

/** Who asks about the service as a whole. */
export interface Administrator {
  /** null: by no request */
  readonly requestId: string | null;
  readonly actor: string;
  /** the one tenant that the administrator may look after; null: all */
  readonly tenantId: string | null;
}

export const ByAdministrator = createParamDecorator((_data: unknown, context: ExecutionContext): Administrator =>
  administratorOf(context),
);

function administratorOf(context: ExecutionContext): Administrator & { readonly requestId: string } {
  const request = context.switchToHttp().getRequest<Request>();
  const { principal } = request;
  if (!principal) throw new Error('The access guard did not run');
  return { requestId: requestIdOf(request), actor: principal.actor, tenantId: principal.tenantId };
}
