import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import type { RecordGroup } from '../record-group';
import type { Run } from '../run';
import type { Summary } from '../sync-report';
import type { RunResult } from './run-result';

/** Writes what has changed, and what runs came to; each method is one statement. */
@Injectable()
export class HistoryRepository {
  async add(db: EntityManager, run: Run, entity: string, groups: readonly RecordGroup[]): Promise<void> {
    const lines = groups.flatMap(({ zohoId, changes }) => changes.map((change) => ({ zohoId, ...change })));
    if (lines.length === 0) return;
    await db.query(
      `INSERT INTO change_record (tenant_id, entity, zoho_id, id, status, changes, version, run_id, waited_since_run_id, recorded_at)
       SELECT $1, $2, zoho_id, id, status, changes, version, $3, waited_since_run_id, clock_timestamp()
       FROM unnest($4::text[], $5::uuid[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::uuid[])
         AS line (zoho_id, id, status, changes, version, waited_since_run_id)`,
      [
        run.tenantId,
        entity,
        run.id,
        lines.map(({ zohoId }) => zohoId),
        lines.map(() => uuidv7()),
        lines.map(({ status }) => status),
        lines.map(({ changes }) => JSON.stringify(changes)),
        lines.map(({ version }) => version),
        lines.map(({ waitedSinceRunId }) => waitedSinceRunId),
      ],
    );
  }

  /** @param entity null for work on what waits, whatever it is */
  async addRun(
    db: EntityManager,
    run: Run,
    entity: string | null,
    summary: Summary,
    results: readonly RunResult[],
  ): Promise<void> {
    await db.query(
      `INSERT INTO run (tenant_id, id, kind, entity, received_at, request_id, idempotency_key, source, summary, results, released, import_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)`,
      [
        run.tenantId,
        run.id,
        run.kind,
        entity,
        run.receivedAt,
        run.requestId,
        run.idempotencyKey,
        run.source,
        JSON.stringify(summary),
        JSON.stringify(results),
        run.importId,
      ],
    );
  }

  async addReleased(db: EntityManager, tenantId: string, runId: string, released: number): Promise<void> {
    await db.query('UPDATE run SET released = released + $3 WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      runId,
      released,
    ]);
  }

  /** Removes changes that are older than this, at most `limit` of them. @returns how many */
  async pruneChanges(db: EntityManager, tenantId: string, days: number, limit: number): Promise<number> {
    const [, count]: [unknown, number] = await db.query(
      `DELETE FROM change_record WHERE tenant_id = $1 AND (entity, zoho_id, id) IN (
         SELECT entity, zoho_id, id FROM change_record
         WHERE tenant_id = $1 AND recorded_at < clock_timestamp() - $2 * interval '1 day' LIMIT $3)`,
      [tenantId, days, limit],
    );
    return count;
  }

  /** Removes runs that are older than this, at most `limit` of them. @returns how many */
  async pruneRuns(db: EntityManager, tenantId: string, days: number, limit: number): Promise<number> {
    const [, count]: [unknown, number] = await db.query(
      `DELETE FROM run WHERE tenant_id = $1 AND id IN (
         SELECT id FROM run WHERE tenant_id = $1 AND received_at < clock_timestamp() - $2 * interval '1 day'
         ORDER BY id LIMIT $3)`,
      [tenantId, days, limit],
    );
    return count;
  }
}
