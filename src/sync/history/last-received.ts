import type { TenantDb } from '../../database/tenant-db';

/** Runs of our own, such as sweeps, are passed over: so many at most. */
const LOOKED_AT = 100;

/** When a request or an import last brought records; null when none did lately. One statement along the key. */
export async function readLastReceived(db: TenantDb, tenantId: string): Promise<Date | null> {
  const [line] = await db.keyed<{ received_at: Date | null }[]>(
    `SELECT max(received_at) AS received_at FROM (
       SELECT kind, received_at FROM run WHERE tenant_id = $1 ORDER BY id DESC LIMIT ${LOOKED_AT}) AS newest
     WHERE kind IN ('sync', 'import')`,
    [tenantId],
  );
  return line?.received_at ?? null;
}
