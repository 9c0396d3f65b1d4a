import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { tenantOf } from './tenant.decorator';

/** Who asks, as far as is known. */
export interface Caller {
  readonly tenantId: string;
  readonly requestId: string;
}

/** Whose request it is, and under which id the log knows it. */
export const By = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { id } = context.switchToHttp().getRequest<Request>();
  return { tenantId: tenantOf(context), requestId: String(id) };
});
