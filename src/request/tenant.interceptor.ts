import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request as ExpressRequest } from 'express';
import type { Observable } from 'rxjs';
import { Environment } from '../config/environment';
import { TenantDirectory } from '../tenants/tenant-directory';
import { Problem } from './problem';
import { TENANT_ID_PATTERN } from './tenant-id';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the logger for every request: the caller's `X-Request-Id` when it is sane, else a new one. */
    id: unknown;
    /** Set by the tenant interceptor, before any handler runs. */
    tenantId?: string;
  }
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Says whose request it is. An empty or repeated header is a mistake, never the default tenant. */
@Injectable()
export class TenantInterceptor implements NestInterceptor {
  constructor(
    private readonly environment: Environment,
    private readonly tenants: TenantDirectory,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<ExpressRequest>();
    const tenantId = request.get('x-tenant-id') ?? this.environment.DEFAULT_TENANT_ID;
    if (!TENANT_ID_PATTERN.test(tenantId)) {
      throw new Problem(
        'TENANT_ID_MALFORMED',
        'X-Tenant-ID must be 1 to 64 letters, digits, _ or -, and begin with a letter or digit',
      );
    }
    request.tenantId = tenantId;
    if (WRITES.has(request.method)) await this.tenants.ensure(tenantId);
    return next.handle();
  }
}
