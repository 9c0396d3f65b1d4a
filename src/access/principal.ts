import type { Scope } from './scope';

/** Who makes a request, as far as was proved. */
export interface Principal {
  /** for the audit log: `key 5f0c9a4e2f0b (zoho)`, `signature of college`, `anyone` where no credentials are asked for */
  readonly actor: string;
  /** whom a limit of its own is counted for; null where there is none */
  readonly keyId: string | null;
  /** null: of all tenants */
  readonly tenantId: string | null;
  readonly scopes: ReadonlySet<Scope>;
  /** requests a minute; null: as the tenant's */
  readonly requestsPerMinute: number | null;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the access guard, before any handler runs. */
    principal?: Principal;
    /** Set by the access guard on routes that are about a tenant. */
    tenantId?: string;
    /** Set by the access guard: whether it is an administrator's of all tenants, about one of them. */
    isByOperator?: boolean;
  }
}
