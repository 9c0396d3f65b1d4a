import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TenantDb } from '../database/tenant-db';
import { BriefMemory } from '../database/brief-memory';
import type { Tenant, TenantSettings, TenantState } from './tenant';

interface TenantLine {
  readonly id: string;
  readonly name: string | null;
  readonly state: TenantState;
  readonly settings: TenantSettings;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What of a tenant is to be stored. */
export type TenantDraft = Pick<Tenant, 'id' | 'name' | 'state' | 'settings'>;

const COLUMNS = 'id, name, state, settings, created_at, updated_at';

/** The list of all tenants. */
@Injectable()
export class TenantDirectory {
  private readonly remembered = new BriefMemory<Tenant | null>((id) => this.load(id));

  constructor(private readonly dataSource: DataSource) {}

  /** As it was two seconds ago at most; null when it is not registered. */
  find(tenantId: string): Promise<Tenant | null> {
    return this.remembered.read(tenantId);
  }

  private async load(tenantId: string): Promise<Tenant | null> {
    const [line]: TenantLine[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM tenant WHERE id = $1`, [tenantId]);
    return line ? toTenant(line) : null;
  }

  forget(tenantId: string): void {
    this.remembered.forget(tenantId);
  }

  /** Whether this is so of the tenant as it is remembered; true also when nothing is. */
  mayHave(tenantId: string, what: (tenant: Tenant) => unknown): boolean {
    const known = this.remembered.peek(tenantId);
    return known === undefined || (known !== null && what(known) !== undefined);
  }

  /** Adds those that are new. */
  async ensure(tenantIds: readonly string[]): Promise<void> {
    await this.dataSource.query('INSERT INTO tenant (id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [
      tenantIds,
    ]);
    for (const id of tenantIds) this.forget(id);
  }

  /** The ids of all. */
  async list(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query('SELECT id FROM tenant ORDER BY id');
    return rows.map(({ id }) => id);
  }

  /** The ids of those that are not paused, for work that goes through them one by one. */
  async listActive(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM tenant WHERE state = 'active' ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  }

  /** A page, by id. @param after the id that came last on the page before */
  async findPage(limit: number, after: string | null): Promise<Tenant[]> {
    const lines: TenantLine[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM tenant WHERE $2::text IS NULL OR id > $2 ORDER BY id LIMIT $1`,
      [limit, after],
    );
    return lines.map(toTenant);
  }

  /** @returns null when there is one with this id already */
  async register(db: TenantDb, { id, name, state, settings }: TenantDraft): Promise<Tenant | null> {
    const [line]: TenantLine[] = await db.query(
      `INSERT INTO tenant (id, name, state, settings) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [id, name, state, JSON.stringify(settings)],
    );
    return line ? toTenant(line) : null;
  }

  /** As it is now, kept from changing until the transaction ends. */
  async lock(db: TenantDb, tenantId: string): Promise<Tenant | null> {
    const [line]: TenantLine[] = await db.query(`SELECT ${COLUMNS} FROM tenant WHERE id = $1 FOR UPDATE`, [tenantId]);
    return line ? toTenant(line) : null;
  }

  async change(db: TenantDb, { id, name, state, settings }: TenantDraft): Promise<Tenant> {
    const [line]: TenantLine[] = await db.query(
      `UPDATE tenant SET name = $2, state = $3, settings = $4, updated_at = now() WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, name, state, JSON.stringify(settings)],
    );
    if (!line) throw new Error('A tenant vanished while it was changed');
    return toTenant(line);
  }
}

const toTenant = ({ id, name, state, settings, created_at: createdAt, updated_at: updatedAt }: TenantLine): Tenant => ({
  id,
  name,
  state,
  settings,
  createdAt,
  updatedAt,
});
