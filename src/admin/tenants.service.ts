import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { WebhookSecrets, type WebhookSecret } from '../access/signatures/webhook-secrets';
import { AuditLog } from '../audit/audit-log';
import { Environment } from '../config/environment';
import { TenantTransaction } from '../database/tenant-transaction';
import { MoodleToken } from '../push/site/moodle-token';
import { type DropPolicy, type LayoutName, settingsOf } from '../push/wanted/moodle-settings';
import type { Administrator } from '../request/caller.decorator';
import { checkedBody } from '../request/checked-body';
import { Problem } from '../request/problem';
import { type PageOf, positionOf, toPage } from '../sync/cursor';
import { EntityRegistry } from '../sync/entity-registry';
import { checkProfile } from '../sync/profile/check-profile';
import { ProfileReader } from '../sync/profile/profile-reader';
import { ProfileRepository } from '../sync/profile/profile-repository';
import { TENANT_ID_PATTERN } from '../request/tenant-id';
import { type Authentication, type Tenant, type TenantSettings, type TenantState } from '../tenants/tenant';
import { TenantDirectory, type TenantDraft } from '../tenants/tenant-directory';
import { tenantBody, type TenantChange, tenantChangeBody } from './tenant-bodies';

/** What stands in the list of tenants. */
export interface TenantSummary {
  readonly id: string;
  readonly name: string | null;
  readonly state: TenantState;
  readonly authentication: Authentication | null;
  readonly limits: { readonly requests_per_minute: number | null; readonly concurrent_requests: number | null };
  readonly moodle: { readonly base_url: string | null };
  readonly created_at: string;
  readonly updated_at: string;
}

/** A tenant, with what is kept elsewhere than with it. */
export interface TenantView extends TenantSummary {
  readonly moodle: { readonly base_url: string | null; readonly has_token: boolean };
  readonly layout: LayoutName;
  readonly drop_policy: DropPolicy;
  readonly profile_version: number;
  readonly webhook_secrets: readonly WebhookSecret[];
}

/** Registers tenants, and changes what is set for them. */
@Injectable()
export class TenantsService {
  constructor(
    private readonly environment: Environment,
    private readonly transaction: TenantTransaction,
    private readonly tenants: TenantDirectory,
    private readonly entities: EntityRegistry,
    private readonly profiles: ProfileRepository,
    private readonly mappings: ProfileReader,
    private readonly tokens: MoodleToken,
    private readonly webhookSecrets: WebhookSecrets,
    private readonly audit: AuditLog,
  ) {}

  /** By id; whoever looks after one tenant sees that one. @throws MalformedCursor */
  async findPage(
    { tenantId }: Administrator,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<PageOf<TenantSummary>> {
    const after = cursor === undefined ? null : positionOf(cursor, (text) => TENANT_ID_PATTERN.test(text));
    const own = tenantId === null ? null : await this.tenants.find(tenantId);
    const found = tenantId === null ? await this.tenants.findPage(limit + 1, after) : own ? [own] : [];
    return toPage(found, limit, ({ id }) => id, toSummary);
  }

  /** @throws Problem when there is none */
  async read(tenantId: string): Promise<TenantView> {
    this.tenants.forget(tenantId);
    const tenant = await this.tenants.find(tenantId);
    if (!tenant) throw noTenant();
    return this.viewOf(tenant);
  }

  /** @throws Problem when the body has mistakes, or the id is taken; InvalidProfile */
  async register(by: Administrator, body: unknown): Promise<TenantView> {
    const { id, ...change } = checkedBody(tenantBody, body);
    const nothing: TenantDraft = { id, name: null, state: 'active', settings: {} };
    await this.transaction.run(id, async (db) => {
      const tenant = await this.tenants.register(db, changed(nothing, change));
      if (!tenant) throw new Problem('TENANT_EXISTS', 'There is a tenant with this id already');
      const beside = await this.changeBeside(db, id, by, change);
      const after = { ...said(tenant), ...beside };
      await this.audit.write(db, id, by, { act: 'tenant.registered', subject: `tenant ${id}`, after });
    });
    this.forget(id);
    return this.read(id);
  }

  /** What is left out stays. @throws Problem when the body has mistakes, or there is no such tenant; InvalidProfile */
  async change(tenantId: string, by: Administrator, body: unknown): Promise<TenantView> {
    const change = checkedBody(tenantChangeBody, body);
    if (by.tenantId !== null && (change.state !== undefined || change.limits !== undefined)) {
      throw new Problem('SCOPE_MISSING', 'State and limits are set with a key of all tenants');
    }
    if (Object.keys(change).length === 0) return this.read(tenantId);
    await this.transaction.run(tenantId, async (db) => {
      const tenant = await this.tenants.lock(db, tenantId);
      if (!tenant) throw noTenant();
      await this.demandToken(db, tenant, change);
      const after = await this.tenants.change(db, changed(tenant, change));
      const beside = await this.changeBeside(db, tenantId, by, change);
      await this.audit.write(db, tenantId, by, {
        act: 'tenant.changed',
        subject: `tenant ${tenantId}`,
        before: said(tenant),
        after: { ...said(after), ...beside },
      });
    });
    this.forget(tenantId);
    return this.read(tenantId);
  }

  /** Whoever may change the address must not have the token sent there: it comes anew with an address of another site. */
  private async demandToken(db: TenantDb, { id, settings }: Tenant, { moodle }: TenantChange): Promise<void> {
    const { base_url: next, token } = moodle ?? {};
    if (next === undefined || next === null || token !== undefined) return;
    if (originOf(next) === originOf(settings.moodle_base_url)) return;
    if (!(await this.tokens.isThereWithin(db, id))) return;
    const message = 'must come with the address of another site: the stored one is not sent there';
    throw new Problem('PARAMETER_INVALID', `moodle.token: ${message}`, {
      errors: [{ field: 'moodle.token', code: 'INVALID_DATA', message }],
    });
  }

  /** What is kept elsewhere than with the tenant. @returns what of it is told in the audit log */
  private async changeBeside(
    db: TenantDb,
    tenantId: string,
    by: Administrator,
    { moodle, layout, drop_policy: dropPolicy, profile }: TenantChange,
  ): Promise<object> {
    if (moodle?.token !== undefined) await this.tokens.change(db, tenantId, moodle.token);
    const told = moodle?.token === undefined ? {} : { moodle_token: moodle.token === null ? 'removed' : 'changed' };
    if (profile === undefined && layout === undefined && dropPolicy === undefined) return told;
    const given = profile === undefined ? null : checkProfile(profile, this.entities);
    const base = given ?? (await this.profiles.findWithin(db, tenantId))?.profile ?? this.mappings.defaultProfile;
    const next = { ...base, moodle: { ...base.moodle, ...(layout && { layout }), ...(dropPolicy && { dropPolicy }) } };
    const { version } = await this.profiles.addWithin(db, tenantId, by, checkProfile(next, this.entities));
    return { ...told, profile_version: version };
  }

  private forget(tenantId: string): void {
    this.tenants.forget(tenantId);
    this.mappings.forget(tenantId);
    this.tokens.forget(tenantId);
  }

  private async viewOf(tenant: Tenant): Promise<TenantView> {
    const { id } = tenant;
    const { moodle, ...summary } = toSummary(tenant);
    const { profile, version } = await this.mappings.read(id);
    const { layout, dropPolicy } = settingsOf(profile, this.environment);
    return {
      ...summary,
      moodle: { ...moodle, has_token: await this.tokens.isThere(id) },
      layout,
      drop_policy: dropPolicy,
      profile_version: version,
      webhook_secrets: await this.webhookSecrets.list(id),
    };
  }
}

const toSummary = ({ id, name, state, settings, createdAt, updatedAt }: Tenant): TenantSummary => ({
  id,
  name,
  state,
  authentication: settings.authentication ?? null,
  limits: {
    requests_per_minute: settings.requests_per_minute ?? null,
    concurrent_requests: settings.concurrent_requests ?? null,
  },
  moodle: { base_url: settings.moodle_base_url ?? null },
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});

const originOf = (address: string | undefined): string | null =>
  address === undefined ? null : (URL.parse(address)?.origin ?? null);

const noTenant = (): Problem => new Problem('TENANT_NOT_FOUND', 'There is no tenant with this id');

/** What of a tenant is kept in the audit log. */
const said = ({ name, state, settings }: Tenant): object => ({ name, state, settings });

/** null takes a setting away, so that it is as the service has it; what is absent stays. */
function changed(
  { id, name, state, settings }: TenantDraft,
  { name: newName, state: newState, authentication, limits, moodle }: TenantChange,
): TenantDraft {
  const next: Record<keyof TenantSettings, unknown> = {
    authentication: orElse(authentication, settings.authentication),
    requests_per_minute: orElse(limits?.requests_per_minute, settings.requests_per_minute),
    concurrent_requests: orElse(limits?.concurrent_requests, settings.concurrent_requests),
    moodle_base_url: orElse(moodle?.base_url, settings.moodle_base_url),
  };
  const set = Object.entries(next).filter(([, value]) => value !== null && value !== undefined);
  return {
    id,
    name: newName === undefined ? name : newName,
    state: newState ?? state,
    settings: Object.fromEntries(set),
  };
}

const orElse = <T>(given: T | undefined, stored: T | undefined): T | undefined =>
  given === undefined ? stored : given;
