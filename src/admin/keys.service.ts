import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { KeyCheck } from '../access/keys/key-check';
import { type ApiKey, KeyRepository, type MadeKey, TooManyKeys } from '../access/keys/key.repository';
import { AuditLog, SERVICE } from '../audit/audit-log';
import { Environment } from '../config/environment';
import { TenantTransaction } from '../database/tenant-transaction';
import type { Administrator } from '../request/caller.decorator';
import { checkedBody } from '../request/checked-body';
import { Problem } from '../request/problem';
import { TenantDirectory } from '../tenants/tenant-directory';
import { isKeyId } from '../access/keys/key-text';
import { type PageOf, positionOf, toPage } from '../sync/cursor';
import { keyBody, rotationBody } from './key-bodies';

const DAY_SECONDS = 86_400;

/** A key as the routes answer it. */
export type KeyView = Omit<ApiKey, 'created_at' | 'expires_at' | 'revoked_at' | 'last_used_at'> & {
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
};

/** A new key; `key` is never shown again. */
export type MadeKeyView = KeyView & { readonly key: string };

/** Makes keys, and ends them. Whoever looks after one tenant does so for that one alone. */
@Injectable()
export class KeysService {
  constructor(
    private readonly environment: Environment,
    private readonly transaction: TenantTransaction,
    private readonly keys: KeyRepository,
    private readonly check: KeyCheck,
    private readonly tenants: TenantDirectory,
    private readonly audit: AuditLog,
  ) {}

  /** By id. @throws MalformedCursor */
  async findPage(
    { tenantId }: Administrator,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<PageOf<KeyView>> {
    const after = cursor === undefined ? null : positionOf(cursor, isKeyId);
    const found = await this.keys.findPage(tenantId, limit + 1, after);
    return toPage(found, limit, ({ id }) => id, toView);
  }

  /** @throws Problem when the body has mistakes, the key would open more than its maker may, or there are two already */
  async create(by: Administrator, body: unknown): Promise<MadeKeyView> {
    const { name, tenant_id: given, scopes, ...rest } = checkedBody(keyBody, body);
    const tenantId = given === undefined ? by.tenantId : given;
    if (by.tenantId !== null && tenantId !== by.tenantId) {
      throw new Problem('OTHER_TENANT', 'A key of one tenant makes keys of that tenant alone');
    }
    if (tenantId !== null && this.environment.ENV === 'production' && !(await this.tenants.find(tenantId))) {
      throw new Problem('TENANT_NOT_FOUND', 'There is no tenant with this id');
    }
    const draft = {
      name,
      tenantId,
      scopes: [...new Set(scopes)],
      requestsPerMinute: rest.requests_per_minute ?? null,
      lifetimeSeconds: rest.expires_in_days ? rest.expires_in_days * DAY_SECONDS : null,
    };
    return this.make(tenantId, async (db) => {
      const made = await this.keys.create(db, draft);
      const { subject, after } = said(made.key);
      await this.audit.write(db, tenantId ?? SERVICE, by, { act: 'key.created', subject, after });
      return made;
    });
  }

  /** A new key like this one, which ends when the grace is over. @throws Problem when there is no live one, or are two already */
  async rotate(by: Administrator, id: string, body: unknown): Promise<MadeKeyView> {
    const { grace_hours: hours } = checkedBody(rotationBody, body);
    const old = await this.find(by, id);
    const made = await this.make(old.tenant_id, async (db) => {
      const { name, tenant_id: tenantId, scopes, requests_per_minute: requestsPerMinute } = old;
      // As long as the old one was to live.
      const lifetimeSeconds = old.expires_at && (old.expires_at.getTime() - old.created_at.getTime()) / 1_000;
      const next = await this.keys.create(db, { name, tenantId, scopes, requestsPerMinute, lifetimeSeconds });
      const ending = await this.keys.expire(db, id, hours * 3_600);
      if (!ending) throw noKey();
      const before = said(ending).after;
      const { subject, after } = said(next.key);
      await this.audit.write(db, tenantId ?? SERVICE, by, { act: 'key.rotated', subject, before, after });
      return next;
    });
    this.check.forget(id);
    return made;
  }

  /** @throws Problem when there is no live one */
  async revoke(by: Administrator, id: string): Promise<KeyView> {
    const { tenant_id: tenantId } = await this.find(by, id);
    const key = await this.transaction.run(tenantId ?? SERVICE, async (db) => {
      const ended = await this.keys.revoke(db, id);
      if (!ended) throw noKey();
      const { subject, after } = said(ended);
      await this.audit.write(db, tenantId ?? SERVICE, by, {
        act: 'key.revoked',
        subject,
        before: { state: 'live' },
        after,
      });
      return ended;
    });
    this.check.forget(id);
    return toView(key);
  }

  private async find({ tenantId }: Administrator, id: string): Promise<ApiKey> {
    const key = isKeyId(id) ? await this.keys.find(id) : null;
    if (!key || key.state !== 'live' || (tenantId !== null && key.tenant_id !== tenantId)) throw noKey();
    return key;
  }

  private async make(tenantId: string | null, work: (db: TenantDb) => Promise<MadeKey>): Promise<MadeKeyView> {
    try {
      const { key, text } = await this.transaction.run(tenantId ?? SERVICE, work);
      return { ...toView(key), key: text };
    } catch (error) {
      if (error instanceof TooManyKeys) throw new Problem('TOO_MANY_KEYS', error.message);
      throw error;
    }
  }
}

const noKey = (): Problem => new Problem('NOT_FOUND', 'There is no live key with this id');

function toView({ id, name, tenant_id, scopes, requests_per_minute, state, ...times }: ApiKey): KeyView {
  return {
    id,
    name,
    tenant_id,
    scopes,
    requests_per_minute,
    state,
    created_at: times.created_at.toISOString(),
    expires_at: times.expires_at?.toISOString() ?? null,
    revoked_at: times.revoked_at?.toISOString() ?? null,
    last_used_at: times.last_used_at?.toISOString() ?? null,
  };
}

/** What of a key is kept in the audit log. */
function said(key: ApiKey): { subject: string; after: object } {
  const { id, name, tenant_id, scopes, requests_per_minute, state, expires_at } = toView(key);
  return { subject: `key ${id}`, after: { id, name, tenant_id, scopes, requests_per_minute, state, expires_at } };
}
