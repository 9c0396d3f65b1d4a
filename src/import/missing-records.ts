import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { TenantTransaction } from '../database/tenant-transaction';
import { batchOf, classifierOf, groupById } from '../sync/batch';
import { BatchApplier } from '../sync/batch-applier';
import { FingerprintService } from '../sync/fingerprint.service';
import { HistoryRepository } from '../sync/history/history.repository';
import { runResults } from '../sync/history/run-result';
import type { Outcome } from '../sync/outcome';
import { ProfileReader } from '../sync/profile/profile-reader';
import { toWakeRecord } from '../sync/record';
import type { RowState } from '../sync/row-state';
import { newRun } from '../sync/run';
import { summarise } from '../sync/sync-report';
import type { SyncedParts } from '../sync/synced-parts';
import { type ImportId, ImportRepository } from './import.repository';
import { overtaken } from './overtaken';

const PAGE = 1_000;

/** A full import, when the end of its file is reached. */
export interface FullImport extends ImportId {
  readonly startedAt: Date;
  readonly requestId: string | null;
  /** of a dry run, which stores nothing: the ids that the file has */
  readonly seen?: ReadonlySet<string>;
}

/** Finds the stored records that a full file lacks, and deletes them when that is asked for. */
@Injectable()
export class MissingRecords {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly profiles: ProfileReader,
    private readonly fingerprints: FingerprintService,
    private readonly batches: BatchApplier,
    private readonly history: HistoryRepository,
    private readonly imports: ImportRepository,
  ) {}

  /**
   * Live records that nothing has changed since the import began, and that are not in its file; those first that an
   * earlier try has deleted.
   */
  async *pages(parts: SyncedParts, full: FullImport): AsyncGenerator<string[]> {
    const deleted = await this.deletedBefore(full);
    if (deleted.length > 0) yield deleted;
    for (let after: string | null = null; ;) {
      const page = await this.transaction.run(full.tenantId, (db) => findPage(db, parts, full, after));
      const ids = page.map(({ zohoId }) => zohoId);
      const missing = full.seen ? ids.filter((id) => !full.seen?.has(id)) : ids;
      if (missing.length > 0) yield missing;
      if (page.length < PAGE) return;
      after = ids.at(-1) ?? null;
    }
  }

  /** Leaves tombstones, portion by portion, as any deletion does. @returns how many an earlier try had deleted, and this */
  async delete(parts: SyncedParts, full: FullImport): Promise<number> {
    let count = (await this.deletedBefore(full)).length;
    for (let after: string | null = null; ;) {
      const page = await this.transaction.run(full.tenantId, (db) => findPage(db, parts, full, after));
      const last = page.at(-1);
      if (!last) return count;
      const deleted = await this.deletePortion(parts, full, page);
      // One that has been changed meanwhile is not found any more: the others are looked for again.
      if (deleted === null) continue;
      count += deleted;
      after = last.zohoId;
    }
  }

  /** @returns null when one of them has changed since it was found: then none of them is deleted */
  private async deletePortion(parts: SyncedParts, full: FullImport, page: readonly Found[]): Promise<number | null> {
    const { tenantId, id: importId, requestId, startedAt } = full;
    // What Zoho changes later than the file was made comes back to life.
    const run = newRun(tenantId, 'delete', { importId, requestId }, startedAt);
    const by = classifierOf(parts, await this.profiles.read(tenantId), this.fingerprints, run);
    const records = page.map(({ zohoId }) => ({ ...toWakeRecord(zohoId), operation: 'delete' as const }));
    const asFound = new Map(page.map((found) => [found.zohoId, found]));
    try {
      const [applied] = await this.batches.apply(
        batchOf(parts, { run, by, records: groupById(records) }),
        async (db, all) => {
          const { outcomes = new Map<number, Outcome>(), groups = [] } = all[0] ?? {};
          // Whoever has ended it has forgotten which ids the file has: then all would seem to be missing.
          if (!(await this.imports.isRunning(db, full))) throw overtaken();
          if (!groups.every(({ zohoId, row }) => isAsFound(row, asFound.get(zohoId)))) throw new ChangedMeanwhile();
          const summary = summarise([...outcomes.values()]);
          const line = { run, entity: by.definition.name, summary, results: runResults(records, outcomes) };
          await this.history.addRuns(db, tenantId, [line]);
        },
        'commit',
      );
      return [...(applied?.outcomes.values() ?? [])].filter(({ status }) => status === 'DELETED').length;
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error;
      return null;
    }
  }

  private async deletedBefore({ tenantId, id }: ImportId): Promise<string[]> {
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<{ zohoId: string }[]>(
        `SELECT result ->> 'zoho_id' AS "zohoId" FROM run CROSS JOIN jsonb_array_elements(results) AS result
         WHERE tenant_id = $1 AND import_id = $2 AND kind = 'delete' ORDER BY run.id`,
        [tenantId, id],
      ),
    );
    return lines.map(({ zohoId }) => zohoId);
  }
}

class ChangedMeanwhile extends Error {}

/** A record that is missing, as it was when that was found. */
interface Found {
  readonly zohoId: string;
  readonly fingerprint: string;
  readonly version: Date | null;
}

const isAsFound = (row: RowState | null, found: Found | undefined): boolean =>
  row?.fingerprint === found?.fingerprint && row?.version === (found?.version?.toISOString() ?? null);

async function findPage(
  db: TenantDb,
  { definition: { name } }: SyncedParts,
  { tenantId, id, startedAt }: FullImport,
  after: string | null,
): Promise<Found[]> {
  return db.query(
    `SELECT zoho_id AS "zohoId", fingerprint, version FROM "${name}" AS stored
     WHERE tenant_id = $1 AND deleted_at IS NULL AND updated_at < $3 AND ($4::text IS NULL OR zoho_id > $4)
       AND NOT EXISTS (SELECT FROM import_seen AS seen
                       WHERE seen.tenant_id = $1 AND seen.import_id = $2 AND seen.zoho_id = stored.zoho_id)
     ORDER BY zoho_id LIMIT $5`,
    [tenantId, id, startedAt, after, PAGE],
  );
}
