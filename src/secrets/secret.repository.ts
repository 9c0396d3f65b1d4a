import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { KeyRing } from './key-ring';
import type { SecretField } from './secret-field';

/** A secret, opened. It goes to whoever uses it, and into no log, error or answer. */
export interface OpenSecret {
  readonly slot: number;
  readonly plain: string;
  readonly createdAt: Date;
}

/** That there is a secret, without its content. */
export interface SecretEntry {
  readonly field: SecretField;
  readonly slot: number;
  readonly createdAt: Date;
}

interface SecretLine {
  readonly field: SecretField;
  readonly slot: number;
  readonly sealed: string;
  readonly created_at: Date;
}

/** Tenants' secrets. `db` is of the tenant's own TenantTransaction; each method is one statement. */
@Injectable()
export class SecretRepository {
  constructor(private readonly ring: KeyRing) {}

  /** Writes the slot, over what was there. @param slot counts from 1 */
  async put(db: TenantDb, tenantId: string, field: SecretField, slot: number, plain: string): Promise<void> {
    await db.query(
      `INSERT INTO tenant_secret (tenant_id, field, slot, sealed) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant_id, field, slot) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at`,
      [tenantId, field, slot, this.ring.seal(tenantId, field, plain)],
    );
  }

  /** In the order of their slots. @throws UnreadableSecret when one of them does not open */
  async readAll(db: TenantDb, tenantId: string, field: SecretField): Promise<OpenSecret[]> {
    const lines: SecretLine[] = await db.query(
      'SELECT slot, sealed, created_at FROM tenant_secret WHERE tenant_id = $1 AND field = $2 ORDER BY slot',
      [tenantId, field],
    );
    return lines.map(({ slot, sealed, created_at: createdAt }) => ({
      slot,
      plain: this.ring.open(tenantId, field, sealed),
      createdAt,
    }));
  }

  /** Which there are, by field and slot; nothing is opened. */
  async list(db: TenantDb, tenantId: string): Promise<SecretEntry[]> {
    const lines: SecretLine[] = await db.query(
      'SELECT field, slot, created_at FROM tenant_secret WHERE tenant_id = $1 ORDER BY field, slot',
      [tenantId],
    );
    return lines.map(({ field, slot, created_at: createdAt }) => ({ field, slot, createdAt }));
  }

  /** @returns whether it was there */
  async remove(db: TenantDb, tenantId: string, field: SecretField, slot: number): Promise<boolean> {
    const removed = await db.change('DELETE FROM tenant_secret WHERE tenant_id = $1 AND field = $2 AND slot = $3', [
      tenantId,
      field,
      slot,
    ]);
    return removed > 0;
  }
}
