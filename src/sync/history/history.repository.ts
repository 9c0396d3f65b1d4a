import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { uuidv7 } from 'uuidv7';
import { columnArrays } from '../column-arrays';
import type { RecordGroup } from '../record-group';
import type { Run } from '../run';
import type { Summary } from '../sync-report';
import type { RunResult } from './run-result';

/** What a run came to. */
interface RunLine {
  readonly run: Run;
  /** null for work on what waits, whatever it is */
  readonly entity: string | null;
  readonly summary: Summary;
  readonly results: readonly RunResult[];
}

/** Writes what has changed, and what runs came to; each method is one statement. */
@Injectable()
export class HistoryRepository {
  async add(db: TenantDb, tenantId: string, entity: string, groups: readonly RecordGroup[]): Promise<void> {
    const lines = groups.flatMap(({ zohoId, run, changes }) =>
      changes.map((change) => ({ zohoId, runId: run.id, ...change })),
    );
    if (lines.length === 0) return;
    const arrays = await columnArrays(lines, [
      ({ zohoId }) => zohoId,
      () => uuidv7(),
      ({ status }) => status,
      ({ version }) => version,
      ({ runId }) => runId,
      ({ waitedSinceRunId }) => waitedSinceRunId,
    ]);
    // One JSON of all changes: as texts within an array each of their quotes would have to be escaped.
    await db.changeKeyed(
      `INSERT INTO change_record (tenant_id, entity, zoho_id, id, status, changes, version, run_id, waited_since_run_id, recorded_at)
       SELECT $1, $2, zoho_id, id, status, changes, version, run_id, waited_since_run_id, clock_timestamp()
       FROM ROWS FROM (
         unnest($3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::uuid[], $8::uuid[]), jsonb_array_elements($9::jsonb)
       ) AS line (zoho_id, id, status, version, run_id, waited_since_run_id, changes)`,
      [tenantId, entity, ...arrays, JSON.stringify(lines.map(({ changes }) => changes))],
    );
  }

  /** Runs of one tenant, with what they came to. The transaction can be asked for by its id from then on. */
  async addRuns(db: TenantDb, tenantId: string, lines: readonly RunLine[]): Promise<void> {
    const [{ transaction } = { transaction: null }] = await db.keyed<{ transaction: string | null }[]>(
      `INSERT INTO run (tenant_id, id, kind, entity, received_at, request_id, idempotency_key, source, summary, results, released, import_id)
       SELECT $1, id, kind, entity, received_at, request_id, idempotency_key, source, summary, results, 0, import_id
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[], $11::uuid[])
         AS line (id, kind, entity, received_at, request_id, idempotency_key, source, summary, results, import_id)
       RETURNING pg_current_xact_id()::text AS transaction`,
      [
        tenantId,
        lines.map(({ run }) => run.id),
        lines.map(({ run }) => run.kind),
        lines.map(({ entity }) => entity),
        lines.map(({ run }) => run.receivedAt),
        lines.map(({ run }) => run.requestId),
        lines.map(({ run }) => run.idempotencyKey),
        lines.map(({ run }) => run.source),
        lines.map(({ summary }) => JSON.stringify(summary)),
        lines.map(({ results }) => JSON.stringify(results)),
        lines.map(({ run }) => run.importId),
      ],
    );
    db.transactionId = transaction;
  }

  async addReleased(db: TenantDb, tenantId: string, runId: string, released: number): Promise<void> {
    await db.query('UPDATE run SET released = released + $3 WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      runId,
      released,
    ]);
  }

  /** Removes changes that are older than this, at most `limit` of them. @returns how many */
  async pruneChanges(db: TenantDb, tenantId: string, days: number, limit: number): Promise<number> {
    // The index is of blocks, of which the oldest are few.
    await db.query('SET LOCAL enable_bitmapscan = on');
    const count = await db.change(
      `DELETE FROM change_record WHERE tenant_id = $1 AND (entity, zoho_id, id) IN (
         SELECT entity, zoho_id, id FROM change_record
         WHERE tenant_id = $1 AND recorded_at < clock_timestamp() - $2 * interval '1 day' LIMIT $3)`,
      [tenantId, days, limit],
    );
    return count;
  }

  /** Removes runs that are older than this, at most `limit` of them. @returns how many */
  async pruneRuns(db: TenantDb, tenantId: string, days: number, limit: number): Promise<number> {
    const count = await db.change(
      `DELETE FROM run WHERE tenant_id = $1 AND id IN (
         SELECT id FROM run WHERE tenant_id = $1 AND received_at < clock_timestamp() - $2 * interval '1 day'
         ORDER BY id LIMIT $3)`,
      [tenantId, days, limit],
    );
    return count;
  }
}
