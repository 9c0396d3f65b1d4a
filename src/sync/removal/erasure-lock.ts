import type { TenantDb } from '../../database/tenant-db';

const KEY = "hashtextextended('erasure ' || $1, 0)";

/**
 * Until the transaction ends, nothing is erased in the tenant: a record that was found to have its parents keeps them
 * until it is stored. Those that write do not wait for one another.
 */
export async function keepOutErasure(db: TenantDb, tenantId: string): Promise<void> {
  await db.keyed(`SELECT pg_advisory_xact_lock_shared(${KEY})`, [tenantId]);
}

/** Until the transaction ends, no record that names another is stored in the tenant. */
export async function keepOutWrites(db: TenantDb, tenantId: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(${KEY})`, [tenantId]);
}
