import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment';
import { Problem } from '../request/problem';
import { TENANT_ID_PATTERN } from '../request/tenant-id';
import { TenantDirectory } from '../tenants/tenant-directory';
import type { Tenant } from '../tenants/tenant';
import { Needs, type SecuredNeed } from './access.decorator';
import { KeyCheck } from './keys/key-check';
import { RequestRates } from './limits/request-rates';
import type { Principal } from './principal';
import { type Scope, SCOPES } from './scope';
import { SignatureCheck } from './signatures/signature-check';

/** Where no credentials are asked for, whoever brings none may do everything. */
const ANYONE: Principal = {
  actor: 'anyone',
  keyId: null,
  tenantId: null,
  scopes: new Set(SCOPES),
  requestsPerMinute: null,
};

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What proved who calls. */
interface Proof {
  readonly key: Principal | null;
  readonly signature: Principal | null;
}

/**
 * Lets a request in, or not: who calls, by key or signature; for which tenant; whether that is allowed; and whether it
 * is not too much. What is given is checked even where nothing is asked for.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly environment: Environment,
    private readonly keys: KeyCheck,
    private readonly signatures: SignatureCheck,
    private readonly tenants: TenantDirectory,
    private readonly rates: RequestRates,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get(Needs, context.getHandler());
    if (!need) throw new Error('A route does not say who may call it');
    if (need === 'nothing') return true;
    const request = context.switchToHttp().getRequest<Request>();
    await this.admit(request, context.switchToHttp().getResponse<Response>(), need);
    return true;
  }

  private async admit(request: Request, response: Response, need: SecuredNeed): Promise<void> {
    const key = await this.keys.check(request);
    if (!key && !need.signature) this.demand({ key, signature: null }, null);
    const tenantId = claimedTenant(request, key, this.environment.DEFAULT_TENANT_ID);
    const signature = need.signature ? await this.signatures.check(request, response, tenantId, key !== null) : null;
    const principal = key ?? signature ?? ANYONE;
    if (!key && !signature) this.demand({ key, signature }, null);
    const scope = allow(request, principal, need);
    request.principal = principal;
    if (need.about === 'service') return await this.countOfService(principal);
    const tenant = await this.tenants.find(tenantId);
    this.demand({ key, signature }, need.signature ? tenant : null);
    await this.enter(request, tenantId, tenant, scope);
    // Who looks after all tenants must get at one that floods the service.
    request.isByOperator = key !== null && key.tenantId === null && scope === 'admin';
    if (request.isByOperator) return await this.rates.countOfService(principal);
    await this.rates.count(tenantId, tenant?.settings.requests_per_minute ?? null, principal);
  }

  private async countOfService(principal: Principal): Promise<void> {
    const { tenantId } = principal;
    if (tenantId === null) return await this.rates.countOfService(principal);
    const tenant = await this.tenants.find(tenantId);
    await this.rates.count(tenantId, tenant?.settings.requests_per_minute ?? null, principal);
  }

  /** Whether what was proved is enough: for a webhook as its tenant wants it. */
  private demand({ key, signature }: Proof, webhookOf: Tenant | null): void {
    const { AUTHENTICATION } = this.environment;
    if (AUTHENTICATION === 'none' && !webhookOf?.settings.authentication) return;
    if (!key && !signature) {
      throw new Problem('UNAUTHENTICATED', 'Send a key as "Authorization: Bearer mzi_…" or "X-API-Key: mzi_…"');
    }
    const way = webhookOf && (webhookOf.settings.authentication ?? AUTHENTICATION);
    if (way === 'key-and-signature' && !(key && signature)) {
      throw new Problem('UNAUTHENTICATED', 'Webhooks of this tenant need a key and a signature');
    }
  }

  /** In production tenants are registered; elsewhere one comes to be when somebody writes to it. */
  private async enter(request: Request, tenantId: string, tenant: Tenant | null, scope: Scope): Promise<void> {
    if (!tenant && this.environment.ENV === 'production') {
      throw new Problem('TENANT_NOT_FOUND', 'There is no such tenant. An administrator registers it');
    }
    if (scope === 'sync' && tenant?.state === 'paused') {
      throw new Problem('TENANT_PAUSED', 'The tenant is paused, and nothing is taken in');
    }
    if (!tenant && WRITES.has(request.method)) await this.tenants.ensure([tenantId]);
    request.tenantId = tenantId;
  }
}

/** The tenant that the address names, else the header, else the key's, else the default one. */
function claimedTenant(request: Request, key: Principal | null, standard: string): string {
  const inPath = request.params['tenant_id'];
  const header = request.get('x-tenant-id');
  for (const id of [inPath, header]) {
    if (typeof id === 'string' && !TENANT_ID_PATTERN.test(id)) {
      throw new Problem(
        'TENANT_ID_MALFORMED',
        'A tenant id is 1 to 64 letters, digits, _ or -, and begins with a letter or digit',
      );
    }
    if (typeof id === 'string' && key && key.tenantId !== null && key.tenantId !== id) {
      throw new Problem('OTHER_TENANT', 'The key belongs to another tenant');
    }
  }
  return (typeof inPath === 'string' ? inPath : header) ?? key?.tenantId ?? standard;
}

/** @returns the scope that was needed @throws Problem when the caller has not what it takes */
function allow(request: Request, { scopes, tenantId }: Principal, { scope, operator }: SecuredNeed): Scope {
  const needed = typeof scope === 'function' ? scope(request) : scope;
  if (!scopes.has(needed)) {
    throw new Problem('SCOPE_MISSING', `This needs a key with the scope ${needed}`);
  }
  if (operator && tenantId !== null) throw new Problem('SCOPE_MISSING', 'This needs a key of all tenants');
  return needed;
}
