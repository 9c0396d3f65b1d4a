import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Which record holds each value. */
export type Claims = Map<string, string>;

/** The claims on unique values, of one entity within a tenant; each method is one statement, in the order of the values. */
@Injectable()
export class UniqueValuesRepository {
  /** Who holds these values; the claims found stay as they are until this transaction ends. */
  async lock(db: EntityManager, tenantId: string, entity: string, values: readonly string[]): Promise<Claims> {
    const rows: { value: string; zoho_id: string }[] = await db.query(
      `SELECT value, zoho_id FROM unique_value
       WHERE tenant_id = $1 AND entity = $2 AND value = ANY($3::text[])
       ORDER BY value COLLATE "C" FOR UPDATE`,
      [tenantId, entity, values],
    );
    return new Map(rows.map((row) => [row.value, row.zoho_id]));
  }

  async giveUp(db: EntityManager, tenantId: string, entity: string, values: readonly string[]): Promise<void> {
    await db.query('DELETE FROM unique_value WHERE tenant_id = $1 AND entity = $2 AND value = ANY($3::text[])', [
      tenantId,
      entity,
      values,
    ]);
  }

  /** Claims what nobody holds, waiting for transactions that are about to; answers the values that were got. */
  async take(db: EntityManager, tenantId: string, entity: string, claims: Claims): Promise<Set<string>> {
    const rows: { value: string }[] = await db.query(
      `INSERT INTO unique_value (tenant_id, entity, value, zoho_id)
       SELECT $1, $2, value, zoho_id FROM unnest($3::text[], $4::text[]) AS wanted (value, zoho_id)
       ORDER BY value COLLATE "C"
       ON CONFLICT (tenant_id, entity, value) DO NOTHING
       RETURNING value`,
      [tenantId, entity, [...claims.keys()], [...claims.values()]],
    );
    return new Set(rows.map(({ value }) => value));
  }
}
