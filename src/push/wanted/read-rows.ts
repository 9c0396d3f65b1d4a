import type { Scope } from './push-source';

/** A row as the database gives it; dates as `YYYY-MM-DD`. */
export type SourceRow = Readonly<Record<string, string | null>>;

/**
 * The columns of these rows that are no tombstones, with their `zoho_id`; one statement.
 *
 * @param where which rows, as a condition on `row` and `$2`; absent: by zoho_id
 */
export async function readRows(
  { db, tenantId }: Scope,
  table: string,
  columns: readonly string[],
  ids: readonly string[],
  where = 'row.zoho_id = ANY($2::text[])',
): Promise<SourceRow[]> {
  if (ids.length === 0) return [];
  const selected = ['zoho_id', ...columns].map((name) => `row.${name}::text`).join(', ');
  return db.query(
    `SELECT ${selected} FROM "${table}" AS row WHERE row.tenant_id = $1 AND row.deleted_at IS NULL AND ${where}`,
    [tenantId, ids],
  );
}
