import type { TenantDb } from '../../database/tenant-db';

/** The requests that these runs belong to, by run; absent for runs that are no request's, or are forgotten. One statement. */
export async function readRequestIds(
  db: TenantDb,
  tenantId: string,
  runIds: readonly string[],
): Promise<Map<string, string>> {
  if (runIds.length === 0) return new Map();
  const lines = await db.keyed<{ id: string; request_id: string }[]>(
    `SELECT run.* FROM unnest($2::uuid[]) AS asked (id), LATERAL (
       SELECT id, request_id FROM run
       WHERE tenant_id = $1 AND id = asked.id AND request_id IS NOT NULL OFFSET 0) AS run`,
    [tenantId, runIds],
  );
  return new Map(lines.map(({ id, request_id: requestId }) => [id, requestId]));
}
