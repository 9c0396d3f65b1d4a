import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import type { RunResult } from '../sync/history/run-result';
import type { Summary } from '../sync/sync-report';
import type { ImportState } from './import.entity';
import type { MissingCounts, Tally } from './import-report';

/** An import as it is stored. */
export interface StoredImport {
  readonly id: string;
  /** the entity's name, which is its table's */
  readonly entity: string;
  readonly key: string;
  readonly state: ImportState;
  readonly isFull: boolean;
  readonly portions: number;
  readonly startedAt: Date;
}

/** A portion that is done. */
export interface DonePortion {
  readonly digest: string;
  readonly summary: Summary;
  readonly withoutId: number;
  /** what was not applied of it; none when its run is past its retention */
  readonly results: readonly RunResult[];
}

/** Which import of which tenant. */
export interface ImportId {
  readonly tenantId: string;
  readonly id: string;
}

/** How far imports have come; each method is one statement, or two. */
@Injectable()
export class ImportRepository {
  async findRunning(db: TenantDb, tenantId: string, key: string): Promise<StoredImport | null> {
    const [found]: StoredImport[] = await db.query(
      `SELECT id, entity, key, state, is_full AS "isFull", portions, started_at AS "startedAt" FROM import
       WHERE tenant_id = $1 AND key = $2 AND state = 'running'`,
      [tenantId, key],
    );
    return found ?? null;
  }

  /** @returns when it begins, by the database's clock, by which rows are dated too */
  async insert(
    db: TenantDb,
    { tenantId, id }: ImportId,
    { entity, key, isFull }: Pick<StoredImport, 'entity' | 'key' | 'isFull'>,
    { summary }: Tally,
  ): Promise<Date> {
    const [line]: { startedAt: Date }[] = await db.query(
      `INSERT INTO import (tenant_id, id, entity, key, state, is_full, summary, rejected, without_id, released, started_at, updated_at)
       SELECT $1, $2, $3, $4, 'running', $5, $6, 0, 0, 0, now, now FROM clock_timestamp() AS now
       RETURNING started_at AS "startedAt"`,
      [tenantId, id, entity, key, isFull, JSON.stringify(summary)],
    );
    return line?.startedAt ?? new Date();
  }

  async abandon(db: TenantDb, { tenantId, id }: ImportId): Promise<void> {
    await db.query(
      `UPDATE import SET state = 'abandoned', updated_at = clock_timestamp() WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id],
    );
  }

  async findPortion(db: TenantDb, { tenantId, id }: ImportId, number: number): Promise<DonePortion | null> {
    const [found]: DonePortion[] = await db.query(
      `SELECT digest, portion.summary, without_id AS "withoutId", coalesce(results, '[]') AS results
       FROM import_portion AS portion LEFT JOIN run ON run.tenant_id = portion.tenant_id AND run.id = run_id
       WHERE portion.tenant_id = $1 AND portion.import_id = $2 AND number = $3`,
      [tenantId, id, number],
    );
    return found ?? null;
  }

  /**
   * @param tally of the portion; @param all of the import with it
   * @returns false when another process has done it, or has ended the import: then nothing of the portion may be stored
   */
  async addPortion(
    db: TenantDb,
    { tenantId, id }: ImportId,
    { number, digest, runId }: { readonly number: number; readonly digest: string; readonly runId: string },
    { summary, withoutId }: Tally,
    all: Tally,
  ): Promise<boolean> {
    const count = await db.change(
      `UPDATE import SET portions = $3, summary = $4, rejected = $5, without_id = $6, updated_at = clock_timestamp()
       WHERE tenant_id = $1 AND id = $2 AND portions = $3 - 1 AND state = 'running'`,
      [tenantId, id, number, JSON.stringify(all.summary), all.rejected, all.withoutId],
    );
    if (count === 0) return false;
    await db.query(
      `INSERT INTO import_portion (tenant_id, import_id, number, digest, without_id, summary, run_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tenantId, id, number, digest, withoutId, JSON.stringify(summary), runId],
    );
    return true;
  }

  /** Whether nobody has ended it; nobody does before this transaction has ended. */
  async isRunning(db: TenantDb, { tenantId, id }: ImportId): Promise<boolean> {
    const lines = await db.query<object[]>(
      `SELECT FROM import WHERE tenant_id = $1 AND id = $2 AND state = 'running' FOR SHARE`,
      [tenantId, id],
    );
    return lines.length > 0;
  }

  /** Remembers that the file has these ids. */
  async see(db: TenantDb, { tenantId, id }: ImportId, zohoIds: readonly string[]): Promise<void> {
    await db.query(
      `INSERT INTO import_seen (tenant_id, import_id, zoho_id) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`,
      [tenantId, id, zohoIds],
    );
  }

  /** @returns how many records that had waited were applied because of it */
  async finish(db: TenantDb, { tenantId, id }: ImportId, missing: MissingCounts | null): Promise<number> {
    const [line]: { released: number; transaction: string }[] = await db.query(
      `UPDATE import SET state = 'finished', missing = $3, updated_at = clock_timestamp(), finished_at = clock_timestamp(),
         released = (SELECT coalesce(sum(run.released), 0) FROM run WHERE run.tenant_id = $1 AND run.import_id = $2)
       WHERE tenant_id = $1 AND id = $2 AND state = 'running'
       RETURNING released, pg_current_xact_id()::text AS transaction`,
      [tenantId, id, missing && JSON.stringify(missing)],
    );
    db.transactionId = line?.transaction ?? null;
    return line?.released ?? 0;
  }

  /** Removes what only a running import needs, of all that run no longer. @returns how many, at most `limit` of each */
  async tidy(db: TenantDb, tenantId: string, limit: number): Promise<number> {
    let most = 0;
    for (const table of ['import_seen', 'import_portion']) {
      const count = await db.change(
        `DELETE FROM ${table} WHERE tenant_id = $1 AND ctid = ANY (ARRAY(
           SELECT ctid FROM ${table} AS line WHERE tenant_id = $1 AND NOT EXISTS (
             SELECT FROM import WHERE import.tenant_id = $1 AND import.id = line.import_id AND state = 'running')
           LIMIT $2))`,
        [tenantId, limit],
      );
      most = Math.max(most, count);
    }
    return most;
  }

  /** Removes imports that nothing has happened to for so long, at most `limit` of them. @returns how many */
  async prune(db: TenantDb, tenantId: string, days: number, limit: number): Promise<number> {
    const count = await db.change(
      `DELETE FROM import WHERE tenant_id = $1 AND id IN (
         SELECT id FROM import WHERE tenant_id = $1 AND updated_at < clock_timestamp() - $2 * interval '1 day' LIMIT $3)`,
      [tenantId, days, limit],
    );
    return count;
  }

  /** Removes every trace of these ids. */
  async forget(db: TenantDb, tenantId: string, zohoIds: readonly string[]): Promise<void> {
    await db.query('DELETE FROM import_seen WHERE tenant_id = $1 AND zoho_id = ANY($2::text[])', [tenantId, zohoIds]);
  }
}
