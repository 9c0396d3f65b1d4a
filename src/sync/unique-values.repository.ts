import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';

/** Which record holds each value. */
export type Claims = Map<string, string>;

/** The claims on unique values, of one entity within a tenant; each method is one statement. */
@Injectable()
export class UniqueValuesRepository {
  /**
   * Makes all these claims this transaction's own: takes those that nobody has, locks the others, in one pass in the
   * order of the values, so that no two transactions wait for each other crosswise.
   *
   * @param claims the values, each with who is to have it if nobody has
   * @returns the values that were taken
   */
  async takeOrLock(db: TenantDb, tenantId: string, entity: string, claims: Claims): Promise<Set<string>> {
    const rows: { value: string }[] = await db.keyed(
      `INSERT INTO unique_value (tenant_id, entity, value, zoho_id)
       SELECT $1, $2, value, zoho_id FROM unnest($3::text[], $4::text[]) AS wanted (value, zoho_id)
       ORDER BY value COLLATE "C"
       ON CONFLICT (tenant_id, entity, value) DO UPDATE SET value = EXCLUDED.value WHERE false -- locks, and changes nothing
       RETURNING value`,
      [tenantId, entity, [...claims.keys()], [...claims.values()]],
    );
    return new Set(rows.map(({ value }) => value));
  }

  /** Takes claims that nobody had when they were looked for; the statement fails when somebody has one of them. */
  async take(db: TenantDb, tenantId: string, entity: string, claims: Claims): Promise<void> {
    await db.changeKeyed(
      `INSERT INTO unique_value (tenant_id, entity, value, zoho_id)
       SELECT $1, $2, value, zoho_id FROM unnest($3::text[], $4::text[]) AS wanted (value, zoho_id)
       ORDER BY value COLLATE "C"`,
      [tenantId, entity, [...claims.keys()], [...claims.values()]],
    );
  }

  async readHolders(db: TenantDb, tenantId: string, entity: string, values: readonly string[]): Promise<Claims> {
    const rows: { value: string; zoho_id: string }[] = await db.keyed(
      `SELECT claim.* FROM unnest($3::text[]) AS asked (value), LATERAL (
         SELECT value, zoho_id FROM unique_value
         WHERE tenant_id = $1 AND entity = $2 AND value = asked.value OFFSET 0) AS claim`,
      [tenantId, entity, values],
    );
    return new Map(rows.map((row) => [row.value, row.zoho_id]));
  }

  /** Gives locked claims to other records. */
  async handOver(db: TenantDb, tenantId: string, entity: string, claims: Claims): Promise<void> {
    await db.query(
      `UPDATE unique_value AS claim SET zoho_id = next.zoho_id
       FROM unnest($3::text[], $4::text[]) AS next (value, zoho_id)
       WHERE claim.tenant_id = $1 AND claim.entity = $2 AND claim.value = next.value`,
      [tenantId, entity, [...claims.keys()], [...claims.values()]],
    );
  }

  async giveUp(db: TenantDb, tenantId: string, entity: string, values: readonly string[]): Promise<void> {
    await db.query('DELETE FROM unique_value WHERE tenant_id = $1 AND entity = $2 AND value = ANY($3::text[])', [
      tenantId,
      entity,
      values,
    ]);
  }
}
