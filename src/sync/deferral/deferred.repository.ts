import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import type { CanonicalValues, RecordIssue } from '../record';
import type { MissingParent, Waiting } from '../row-state';
import type { DeferredState } from './deferred-record.entity';

/** What waits under an id from now on. */
export interface DeferredWrite {
  readonly zohoId: string;
  readonly state: DeferredState;
  readonly waiting: Waiting;
  readonly missing: readonly MissingParent[];
  readonly errors: readonly RecordIssue[] | null;
}

/** Under which id something is to wait, and because of which run. */
interface Placeholder {
  readonly zohoId: string;
  readonly runId: string;
}

/** Which record it is that waits. */
export interface DeferredId {
  readonly entity: string;
  readonly zohoId: string;
}

interface DeferredLine {
  readonly zoho_id: string;
  readonly state: DeferredState;
  readonly carried: CanonicalValues;
  readonly version: Date | null;
  readonly run_id: string;
}

/** States that newer records are merged onto; the others only lie there to be looked at. */
const OPEN: readonly DeferredState[] = ['waiting', 'failed'];

/** The state of a line that was inserted to be locked; its transaction writes or removes it. */
const EMPTY = 'empty';

/** A failed record is tried again after this many seconds, twice as many after each failure, at most an hour. */
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;

/** What waits, by id, of one entity within a tenant; each method is a constant number of statements. */
@Injectable()
export class DeferredRepository {
  async read(
    db: TenantDb,
    tenantId: string,
    entity: string,
    zohoIds: readonly string[],
  ): Promise<Map<string, Waiting>> {
    const lines: DeferredLine[] = await db.keyed(
      `SELECT stored.* FROM unnest($3::text[]) AS asked (zoho_id), LATERAL (
         SELECT zoho_id, state, carried, version, run_id FROM deferred_record
         WHERE tenant_id = $1 AND entity = $2 AND zoho_id = asked.zoho_id AND state <> '${EMPTY}' OFFSET 0) AS stored`,
      [tenantId, entity, zohoIds],
    );
    return new Map(lines.map((line) => [line.zoho_id, toWaiting(line)]));
  }

  /**
   * Makes what waits under these ids this transaction's own, in one pass in the order of the ids: a line is inserted
   * where there is none, so that it can be locked.
   */
  async insertOrLock(db: TenantDb, tenantId: string, entity: string, lines: readonly Placeholder[]): Promise<void> {
    await db.query(
      `INSERT INTO deferred_record (tenant_id, entity, zoho_id, state, carried, missing, run_id, since, updated_at, attempts)
       SELECT $1, $2, zoho_id, '${EMPTY}', '{}', '[]', run_id, clock_timestamp(), clock_timestamp(), 0
       FROM unnest($3::text[], $4::uuid[]) AS absent (zoho_id, run_id) ORDER BY zoho_id COLLATE "C"
       ON CONFLICT (tenant_id, entity, zoho_id) DO UPDATE SET zoho_id = EXCLUDED.zoho_id WHERE false -- locks, and changes nothing`,
      [tenantId, entity, lines.map(({ zohoId }) => zohoId), lines.map(({ runId }) => runId)],
    );
  }

  /** Writes what waits from now on, under ids that this transaction has locked, and for whom. */
  async write(db: TenantDb, tenantId: string, entity: string, writes: readonly DeferredWrite[]): Promise<void> {
    const ids = writes.map(({ zohoId }) => zohoId);
    await db.query(
      `UPDATE deferred_record AS stored
       SET state = written.state, carried = written.carried, version = written.version, missing = written.missing,
           errors = written.errors, run_id = coalesce(written.run_id, stored.run_id), updated_at = clock_timestamp(),
           since = CASE WHEN stored.state = ANY($10::text[]) THEN stored.since ELSE clock_timestamp() END,
           attempts = CASE WHEN written.state = 'failed' THEN stored.attempts + 1 ELSE 0 END,
           next_try_at = CASE WHEN written.state = 'failed' THEN clock_timestamp()
             + least(${LONGEST_PAUSE_SECONDS}, ${FIRST_PAUSE_SECONDS} * 2 ^ least(stored.attempts, 10)) * interval '1 second' END
       FROM unnest($3::text[], $4::text[], $5::jsonb[], $6::timestamptz[], $7::jsonb[], $8::jsonb[], $9::uuid[])
         AS written (zoho_id, state, carried, version, missing, errors, run_id)
       WHERE stored.tenant_id = $1 AND stored.entity = $2 AND stored.zoho_id = written.zoho_id`,
      [
        tenantId,
        entity,
        ids,
        writes.map(({ state }) => state),
        writes.map(({ waiting }) => JSON.stringify(waiting.values)),
        writes.map(({ waiting }) => waiting.version),
        writes.map(({ missing }) => JSON.stringify(missing)),
        writes.map(({ errors }) => errors && JSON.stringify(errors)),
        writes.map(({ waiting }) => waiting.runId),
        OPEN,
      ],
    );
    await this.forgetParents(db, tenantId, entity, ids);
    const parents = writes.flatMap(({ zohoId, state, missing }) =>
      state === 'waiting' ? missing.map((parent) => ({ ...parent, childId: zohoId })) : [],
    );
    if (parents.length === 0) return;
    await db.query(
      `INSERT INTO deferred_parent (tenant_id, parent_entity, parent_zoho_id, entity, zoho_id)
       SELECT DISTINCT $1, parent_entity, parent_zoho_id, $2, zoho_id
       FROM unnest($3::text[], $4::text[], $5::text[]) AS missing (parent_entity, parent_zoho_id, zoho_id)`,
      [
        tenantId,
        entity,
        parents.map((parent) => parent.entity),
        parents.map((parent) => parent.zohoId),
        parents.map(({ childId }) => childId),
      ],
    );
  }

  /** Nothing waits under these ids any longer. */
  async remove(db: TenantDb, tenantId: string, entity: string, zohoIds: readonly string[]): Promise<void> {
    await db.query('DELETE FROM deferred_record WHERE tenant_id = $1 AND entity = $2 AND zoho_id = ANY($3::text[])', [
      tenantId,
      entity,
      zohoIds,
    ]);
    await this.forgetParents(db, tenantId, entity, zohoIds);
  }

  /** Of these records, those that any other waits for. */
  async findAwaited(db: TenantDb, tenantId: string, records: readonly DeferredId[]): Promise<DeferredId[]> {
    return db.keyed<DeferredId[]>(
      `SELECT asked.entity, asked.zoho_id AS "zohoId" FROM unnest($2::text[], $3::text[]) AS asked (entity, zoho_id),
       LATERAL (SELECT FROM deferred_parent
         WHERE tenant_id = $1 AND parent_entity = asked.entity AND parent_zoho_id = asked.zoho_id LIMIT 1) AS child`,
      [tenantId, records.map(({ entity }) => entity), records.map(({ zohoId }) => zohoId)],
    );
  }

  /** Records that wait for one of these, after the one given, in order. */
  async findChildren(
    db: TenantDb,
    tenantId: string,
    parentEntity: string,
    parentIds: readonly string[],
    after: DeferredId | undefined,
    limit: number,
  ): Promise<DeferredId[]> {
    return db.query(
      `SELECT DISTINCT entity, zoho_id AS "zohoId" FROM deferred_parent
       WHERE tenant_id = $1 AND parent_entity = $2 AND parent_zoho_id = ANY($3::text[]) AND (entity, zoho_id) > ($4, $5)
       ORDER BY entity, zoho_id LIMIT $6`,
      [tenantId, parentEntity, parentIds, after?.entity ?? '', after?.zohoId ?? '', limit],
    );
  }

  /**
   * Records that wait for one that is stored; of those of one entity alone, when told.
   *
   * @param entities the tables that a parent may be in
   */
  async findReady(
    db: TenantDb,
    tenantId: string,
    entities: readonly string[],
    limit: number,
    among?: { readonly entity: string; readonly zohoIds: readonly string[] },
  ): Promise<DeferredId[]> {
    const ready = entities.map(
      (parent) =>
        `SELECT waits.entity, waits.zoho_id AS "zohoId" FROM deferred_parent AS waits JOIN "${parent}" AS parent
           ON parent.tenant_id = waits.tenant_id AND parent.zoho_id = waits.parent_zoho_id AND parent.deleted_at IS NULL
         WHERE waits.tenant_id = $1 AND waits.parent_entity = '${parent}'
           AND ($3::text IS NULL OR (waits.entity = $3 AND waits.zoho_id = ANY($4::text[])))`,
    );
    return db.query(`${ready.join(' UNION ')} LIMIT $2`, [
      tenantId,
      limit,
      among?.entity ?? null,
      among?.zohoIds ?? null,
    ]);
  }

  /** Whether anything waits at all. */
  async isAnyOpen(db: TenantDb, tenantId: string): Promise<boolean> {
    const [found]: { any: boolean }[] = await db.query(
      'SELECT EXISTS (SELECT FROM deferred_record WHERE tenant_id = $1 AND state = ANY($2::text[])) AS any',
      [tenantId, OPEN],
    );
    return found?.any ?? false;
  }

  /** The next sweep is to look at everything that waits, whatever it waits for. */
  async lookAgain(db: TenantDb, tenantId: string): Promise<void> {
    await db.query(
      `UPDATE deferred_record SET next_try_at = clock_timestamp()
       WHERE tenant_id = $1 AND (entity, zoho_id) IN (
         SELECT entity, zoho_id FROM deferred_record WHERE tenant_id = $1 AND state = ANY($2::text[])
         ORDER BY entity, zoho_id FOR UPDATE)`,
      [tenantId, OPEN],
    );
  }

  /** Records whose next try is due: failed ones, and all after the rules by which they wait have changed. */
  async findDue(db: TenantDb, tenantId: string, limit: number): Promise<DeferredId[]> {
    return db.query(
      `SELECT entity, zoho_id AS "zohoId" FROM deferred_record
       WHERE tenant_id = $1 AND state = ANY($3::text[]) AND next_try_at <= clock_timestamp() LIMIT $2`,
      [tenantId, limit, OPEN],
    );
  }

  /**
   * Ends the waiting of records that have waited for so long: they stay to be looked at, and are tried no more.
   *
   * @returns how many, at most `limit`
   */
  async expire(db: TenantDb, tenantId: string, days: number, limit: number): Promise<number> {
    const expired: { entity: string; zoho_id: string }[] = await db.query(
      `UPDATE deferred_record SET state = 'expired', next_try_at = NULL, updated_at = clock_timestamp()
       WHERE tenant_id = $1 AND (entity, zoho_id) IN (
         SELECT entity, zoho_id FROM deferred_record
         WHERE tenant_id = $1 AND state = ANY($2::text[]) AND since < clock_timestamp() - $3 * interval '1 day'
         ORDER BY entity, zoho_id LIMIT $4 FOR UPDATE)
       RETURNING entity, zoho_id`,
      [tenantId, OPEN, days, limit],
    );
    for (const [entity, lines] of Map.groupBy(expired, (line) => line.entity)) {
      const ids = lines.map((line) => line.zoho_id);
      await this.forgetParents(db, tenantId, entity, ids);
    }
    return expired.length;
  }

  private async forgetParents(
    db: TenantDb,
    tenantId: string,
    entity: string,
    zohoIds: readonly string[],
  ): Promise<void> {
    await db.query('DELETE FROM deferred_parent WHERE tenant_id = $1 AND entity = $2 AND zoho_id = ANY($3::text[])', [
      tenantId,
      entity,
      zohoIds,
    ]);
  }
}

const toWaiting = ({ state, carried, version, run_id: runId }: DeferredLine): Waiting => ({
  values: carried,
  version: version?.toISOString() ?? null,
  runId,
  isResting: !OPEN.includes(state),
});
