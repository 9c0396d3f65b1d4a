import 'express';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the logger for every request: the caller's `X-Request-Id` when it is sane, else a new one. */
    id: unknown;
    /** Set by the tenant interceptor, before any handler runs. */
    tenantId?: string;
  }
}
