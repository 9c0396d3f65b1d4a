import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TenantDb } from '../../database/tenant-db';
import type { Scope } from '../scope';
import { hashOfSecret, newKeyText } from './key-text';

/** What is known of a key; never its secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** null: of all tenants */
  readonly tenant_id: string | null;
  readonly scopes: readonly Scope[];
  /** null: as the tenant's */
  readonly requests_per_minute: number | null;
  readonly state: 'live' | 'expired' | 'revoked';
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

/** What a new key is to be. */
export interface KeyDraft {
  readonly name: string;
  readonly tenantId: string | null;
  readonly scopes: readonly Scope[];
  readonly requestsPerMinute: number | null;
  /** null: never */
  readonly lifetimeSeconds: number | null;
}

/** A new key, and the only time that its text is to be had. */
export interface MadeKey {
  readonly key: ApiKey;
  readonly text: string;
}

/** There are two live keys of the name already: revoke one first. */
export class TooManyKeys extends Error {}

/** So many keys of one name and tenant are live at once: the old one and the new one, while callers change over. */
const MOST_LIVE = 2;
const MOST_OF_A_TENANT = 100;

const STATE = `CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'live' END`;
const COLUMNS = `id, name, tenant_id, scopes, requests_per_minute, ${STATE} AS state, created_at, expires_at, revoked_at, last_used_at`;

/** The keys, which are of no tenant's transaction. Times are the database's. */
@Injectable()
export class KeyRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(id: string): Promise<(ApiKey & { readonly hash: string }) | null> {
    const [line]: (ApiKey & { hash: string })[] = await this.dataSource.query(
      `SELECT ${COLUMNS}, hash FROM api_key WHERE id = $1`,
      [id],
    );
    return line ?? null;
  }

  /**
   * A page, by id.
   *
   * @param tenantId null: those of all tenants, and of each
   * @param after the id that came last on the page before
   */
  async findPage(tenantId: string | null, limit: number, after: string | null): Promise<ApiKey[]> {
    return this.dataSource.query(
      `SELECT ${COLUMNS} FROM api_key WHERE ($1::text IS NULL OR tenant_id = $1) AND ($3::text IS NULL OR id > $3)
       ORDER BY id LIMIT $2`,
      [tenantId, limit, after],
    );
  }

  /** @throws TooManyKeys */
  async create(db: TenantDb, draft: KeyDraft): Promise<MadeKey> {
    await this.demandRoom(db, draft);
    const { id, secret, text } = newKeyText();
    const [key]: ApiKey[] = await db.query(
      `INSERT INTO api_key (id, hash, name, tenant_id, scopes, requests_per_minute, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + $7::double precision * interval '1 second') RETURNING ${COLUMNS}`,
      [
        id,
        hashOfSecret(secret),
        draft.name,
        draft.tenantId,
        draft.scopes,
        draft.requestsPerMinute,
        draft.lifetimeSeconds,
      ],
    );
    if (!key) throw new Error('A key was not stored');
    return { key, text };
  }

  /** Of two that are made at once, the second sees the first. */
  private async demandRoom(db: TenantDb, { name, tenantId }: KeyDraft): Promise<void> {
    await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('api_key ' || $1, 0))`, [
      // Of one tenant's keys, whatever their names: all of them are counted.
      JSON.stringify([tenantId]),
    ]);
    const [line]: { live: number; all: number }[] = await db.query(
      `SELECT count(*) FILTER (WHERE name = $1)::integer AS live, count(*)::integer AS all FROM api_key
       WHERE tenant_id IS NOT DISTINCT FROM $2 AND ${STATE} = 'live'`,
      [name, tenantId],
    );
    if (tenantId !== null && (line?.all ?? 0) >= MOST_OF_A_TENANT) {
      throw new TooManyKeys(`The tenant has ${MOST_OF_A_TENANT} live keys already: revoke one first`);
    }
    if ((line?.live ?? 0) < MOST_LIVE) return;
    throw new TooManyKeys(`There are ${MOST_LIVE} live keys named ${name} already: revoke one first`);
  }

  /** The key ends when this time is over, or earlier if it would have. @returns null when there is no live one */
  async expire(db: TenantDb, id: string, inSeconds: number): Promise<ApiKey | null> {
    return this.end(db, `expires_at = least(expires_at, now() + $2 * interval '1 second')`, [id, inSeconds]);
  }

  /** @returns null when there is no live one */
  async revoke(db: TenantDb, id: string): Promise<ApiKey | null> {
    return this.end(db, 'revoked_at = now()', [id]);
  }

  private async end(db: TenantDb, change: string, values: readonly unknown[]): Promise<ApiKey | null> {
    const [key]: ApiKey[] = await db.query(
      `UPDATE api_key SET ${change} WHERE id = $1 AND ${STATE} = 'live' RETURNING ${COLUMNS}`,
      [...values],
    );
    return key ?? null;
  }

  /** Remembers that it was used, to the minute. */
  async touch(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE api_key SET last_used_at = now()
       WHERE id = $1 AND coalesce(last_used_at, '-infinity') < now() - interval '1 minute'`,
      [id],
    );
  }
}
