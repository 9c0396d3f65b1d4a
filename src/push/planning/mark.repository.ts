import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';

/** One line has so many subjects at most: what a request has changed is a line or a few. */
const LINE = 500;

/** Lines that say which subjects have changed; each method is a constant number of statements. */
@Injectable()
export class MarkRepository {
  /** Locks nothing that another request might want. @param marks what each run has changed; null: no run did */
  async add(db: TenantDb, tenantId: string, marks: ReadonlyMap<string | null, readonly string[]>): Promise<void> {
    const lines = [...marks].flatMap(([runId, subjects]) =>
      Array.from({ length: Math.ceil(subjects.length / LINE) }, (_none, n) => ({
        runId,
        subjects: JSON.stringify(subjects.slice(n * LINE, (n + 1) * LINE)),
      })),
    );
    await db.keyed(
      `INSERT INTO push_mark (tenant_id, subjects, run_id)
       SELECT $1, ARRAY(SELECT jsonb_array_elements_text(line)), run_id
       FROM unnest($2::jsonb[], $3::uuid[]) AS given (line, run_id)`,
      [tenantId, lines.map(({ subjects }) => subjects), lines.map(({ runId }) => runId)],
    );
  }

  /** Marks every record of these entities, whatever became of it; what a run has marked before keeps its run. */
  async addAll(db: TenantDb, tenantId: string, entities: readonly string[]): Promise<void> {
    await db.query('DELETE FROM push_mark WHERE tenant_id = $1 AND run_id IS NULL', [tenantId]);
    const rows = entities.map((entity) => `SELECT '${entity}:' || zoho_id FROM "${entity}" WHERE tenant_id = $1`);
    await db.query(
      `INSERT INTO push_mark (tenant_id, subjects)
       SELECT $1, array_agg(subject) FROM (
         SELECT subject, row_number() OVER () / ${LINE} AS line FROM (${rows.join(' UNION ALL ')}
           UNION SELECT subject FROM push_target WHERE tenant_id = $1) AS known (subject)) AS numbered
       GROUP BY line`,
      [tenantId],
    );
  }

  /**
   * Takes marks of about so many subjects away, the oldest first.
   *
   * @returns the subjects, each with the run that has changed it last; none when nothing is marked
   */
  async take(db: TenantDb, tenantId: string, limit: number): Promise<Map<string, string | null>> {
    const lines = await db.query<{ id: string; subjects: string[]; run_id: string | null }[]>(
      `DELETE FROM push_mark WHERE tenant_id = $1 AND id IN (
         SELECT id FROM (
           SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM (
             SELECT id, cardinality(subjects) AS size FROM push_mark
             WHERE tenant_id = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED) AS oldest) AS counted
         WHERE before < $2)
       RETURNING id, subjects, run_id`,
      [tenantId, limit],
    );
    const marked = new Map<string, string | null>();
    for (const { subjects, run_id: runId } of lines.toSorted((a, b) => Number(a.id) - Number(b.id)))
      for (const subject of subjects) marked.set(subject, runId ?? marked.get(subject) ?? null);
    return marked;
  }

  /** Nothing is known of these persons any longer; what Moodle has of them is left to those who look after it. */
  async erase(db: TenantDb, tenantId: string, subjects: readonly string[]): Promise<number> {
    await db.query(
      `UPDATE push_mark SET subjects = ARRAY(SELECT unnest(subjects) EXCEPT SELECT unnest($2::text[]))
       WHERE tenant_id = $1 AND subjects && $2::text[]`,
      [tenantId, subjects],
    );
    await db.query(`DELETE FROM push_mark WHERE tenant_id = $1 AND subjects = '{}'`, [tenantId]);
    const count = await db.change('DELETE FROM push_target WHERE tenant_id = $1 AND subject = ANY($2::text[])', [
      tenantId,
      subjects,
    ]);
    return count;
  }
}
