import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isRefusedData } from '../database/database-errors';
import { type Ending, TenantTransaction } from '../database/tenant-transaction';
import { type Applied, type Batch, NOTHING_APPLIED, type Outcomes, type RecordsById } from './batch';
import { DeferredRepository, type DeferredWrite } from './deferral/deferred.repository';
import type { EntityDefinition } from './fields';
import { HistoryRepository } from './history/history.repository';
import { IS_STORED, type Outcome, withWarnings } from './outcome';
import { changesOf, RecordGroup } from './record-group';
import { keepOutErasure } from './removal/erasure-lock';
import { type KnownReferences, ReferenceResolver } from './reference-resolver';
import { RowChanges } from './row-changes';
import { isSameState, NOTHING, type Standing, type Waiting } from './row-state';
import { inSlices } from './slices';
import type { RowWrite } from './synced.repository';
import { settleUniqueValues } from './unique-values';
import { UniqueValuesRepository } from './unique-values.repository';

/** Written in the same transaction, from what the batch came to. */
export type Finish = (db: EntityManager, applied: Applied) => Promise<void>;

/** One attempt at a batch: its groups, and the transaction that it runs in. */
interface Attempt {
  readonly db: EntityManager;
  readonly batch: Batch;
  readonly groups: readonly RecordGroup[];
  readonly known: KnownReferences;
}

/** Records that the database refused, each with the outcome that tells so. */
type Refused = ReadonlyMap<string, Outcome>;

/** Applies records of one entity in one transaction: rows, what waits, claims, history. */
@Injectable()
export class BatchApplier {
  private readonly log = new Logger(BatchApplier.name);

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly references: ReferenceResolver,
    private readonly deferred: DeferredRepository,
    private readonly history: HistoryRepository,
    private readonly claims: UniqueValuesRepository,
    private readonly changes: RowChanges,
  ) {}

  /** Applies the records together; those whose data the database refuses are set aside, and spoil no other. */
  async apply(batch: Batch, finish: Finish, ending: Ending, refused: Refused = new Map()): Promise<Applied> {
    try {
      return await this.together(batch, finish, ending, refused);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      const found = await this.findRefused(batch, batch.records, refused);
      if (found.size === 0) throw error;
      this.complain(batch, found);
      return await this.apply(batch, finish, ending, new Map([...refused, ...refusals(batch, found, refused)]));
    }
  }

  /** Halves the records until the refused ones stand alone. It writes nothing: the others still belong together. */
  private async findRefused(batch: Batch, records: RecordsById, refused: Refused): Promise<RecordsById> {
    try {
      await this.together({ ...batch, records }, () => Promise.resolve(), 'rollback', refused);
      return new Map();
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      if (records.size === 1) return records;
      const ids = [...records];
      const half = Math.ceil(ids.length / 2);
      const first = await this.findRefused(batch, new Map(ids.slice(0, half)), refused);
      const second = await this.findRefused(batch, new Map(ids.slice(half)), refused);
      return new Map([...first, ...second]);
    }
  }

  private together(batch: Batch, finish: Finish, ending: Ending, refused: Refused): Promise<Applied> {
    return this.transaction.run(
      batch.run.tenantId,
      async (db) => {
        if (batch.records.size === 0) {
          await batch.turn;
          await finish(db, NOTHING_APPLIED);
          return NOTHING_APPLIED;
        }
        if (namesOthers(batch.by.definition)) await keepOutErasure(db, batch.run.tenantId);
        const attempt = await this.foldOntoStored(db, batch, refused);
        await batch.turn;
        const secured = await this.secureWaits(attempt);
        const inserted = await this.secureRows(attempt);
        await settleUniqueValues(
          this.claims,
          { db, tenantId: batch.run.tenantId, entity: nameOf(batch) },
          attempt.groups,
        );
        await this.writeRest(attempt, inserted);
        await this.writeWaits(attempt, secured);
        await this.history.add(db, batch.run, nameOf(batch), attempt.groups);
        await this.changes.tell(db, batch.run.tenantId, nameOf(batch), changesOf(attempt.groups));
        const applied = collect(attempt);
        await finish(db, applied);
        return applied;
      },
      ending,
    );
  }

  /** Reads without locks: a record that changes nothing, as most of a resend does, never waits for anybody. */
  private async foldOntoStored(db: EntityManager, batch: Batch, refused: Refused): Promise<Attempt> {
    const groups = [...batch.records].map(([id, placed]) => new RecordGroup(id, placed, batch.by, batch.isWake));
    const standings = await this.readStandings(db, batch, groups.map(idOf));
    const named = groups.flatMap((group) => [...group.named(standings.get(group.zohoId) ?? NOTHING)]);
    const known = await this.references.find(db, batch.run.tenantId, batch.by.definition, named);
    await inSlices(groups, (group) => {
      const refusal = refused.get(group.zohoId);
      if (refusal) group.setAside(refusal);
      group.foldOnto(standings.get(group.zohoId) ?? NOTHING, known);
    });
    return { db, batch, groups, known };
  }

  private async readStandings(
    db: EntityManager,
    { parts, run }: Batch,
    ids: readonly string[],
  ): Promise<Map<string, Standing>> {
    const rows = await parts.repository.readStates(db, run.tenantId, ids);
    const waits = await this.deferred.read(db, run.tenantId, parts.definition.name, ids);
    return new Map(ids.map((id) => [id, { row: rows.get(id) ?? null, waiting: waits.get(id) ?? null }]));
  }

  /** Makes what waits, or is to wait, this transaction's own, and folds again what has changed meanwhile. */
  private async secureWaits({ db, batch, groups, known }: Attempt): Promise<ReadonlySet<RecordGroup>> {
    const { run } = batch;
    const changed = batch.isWake ? groups : groups.filter(({ isWaitChanged }) => isWaitChanged);
    if (changed.length === 0) return new Set();
    const ids = changed.map(idOf);
    await this.deferred.insertOrLock(db, run.tenantId, nameOf(batch), ids, run.id);
    // What waited may have been applied meanwhile: then the row is another too.
    const now = await this.readStandings(db, batch, ids);
    await inSlices(changed, (group) => {
      const { row, waiting } = now.get(group.zohoId) ?? NOTHING;
      if (isSameWait(waiting, group.waiting) && isSameState(row, group.row)) return;
      group.foldOnto({ row, waiting }, known);
    });
    return new Set(changed);
  }

  /**
   * Makes every row that is to change this transaction's own. Where another request was there since the first look,
   * the records are folded onto what it stored.
   */
  private async secureRows({ db, batch, groups, known }: Attempt): Promise<ReadonlyMap<string, RowWrite>> {
    const { parts, run } = batch;
    const changed = groups.filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return new Map();
    const writes = new Map(changed.map((group) => [group.zohoId, toWrite(group)]));
    const inserted = await parts.repository.insertOrLock(db, run.tenantId, [...writes.values()]);
    const locked = changed.filter(({ zohoId }) => !inserted.has(zohoId)).map(idOf);
    const now =
      locked.length > 0 ? await parts.repository.readStates(db, run.tenantId, locked) : new Map<string, never>();
    await inSlices(changed, (group) => {
      const row = now.get(group.zohoId) ?? null;
      if (!isSameState(row, group.row)) group.foldOnto({ row, waiting: group.waiting }, known);
    });
    for (const id of locked) writes.delete(id);
    return writes;
  }

  /** Writes the existing rows, and what unique values have changed about the inserted ones. */
  private async writeRest({ db, batch, groups }: Attempt, inserted: ReadonlyMap<string, RowWrite>): Promise<void> {
    const { parts, run } = batch;
    const withdrawn = groups.filter((group) => inserted.has(group.zohoId) && !group.state).map(idOf);
    const written = groups.filter(
      (group) => group.isChanged && group.state && inserted.get(group.zohoId)?.state !== group.state,
    );
    if (withdrawn.length > 0) await parts.repository.withdraw(db, run.tenantId, withdrawn);
    if (written.length > 0) await parts.repository.update(db, run.tenantId, written.map(toWrite));
  }

  /** Includes groups that came to wait only when they were folded again; that is rare, and a deadlock is tried again. */
  private async writeWaits({ db, batch, groups }: Attempt, secured: ReadonlySet<RecordGroup>): Promise<void> {
    const { run } = batch;
    const late = groups.filter((group) => group.isWaitChanged && !secured.has(group));
    if (late.length > 0) await this.deferred.insertOrLock(db, run.tenantId, nameOf(batch), late.map(idOf), run.id);
    const concerned = [...secured].filter(isSettled).concat(late);
    const writes = concerned.map(toDeferred).filter((write) => write !== null);
    const kept = new Set(writes.map(({ zohoId }) => zohoId));
    const ended = concerned.filter(({ zohoId }) => !kept.has(zohoId)).map(idOf);
    if (ended.length > 0) await this.deferred.remove(db, run.tenantId, nameOf(batch), ended);
    if (writes.length > 0) await this.deferred.write(db, run.tenantId, nameOf(batch), writes);
  }

  private complain({ parts, run }: Batch, found: RecordsById): void {
    const ids = [...found.keys()].slice(0, 10).join(', ');
    this.log.error(`${found.size} of ${parts.definition.plural} were refused by the database: ${ids} (run ${run.id})`);
  }
}

const namesOthers = ({ fields }: EntityDefinition): boolean =>
  Object.values(fields).some(({ references }) => references !== null);

const nameOf = ({ parts }: Batch): string => parts.definition.name;
const idOf = ({ zohoId }: RecordGroup): string => zohoId;

const isSameWait = (a: Waiting | null, b: Waiting | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Locked, and to be written or taken away: another request's newer one is left as it is. */
const isSettled = (group: RecordGroup): boolean => group.isWaitChanged || group.waiting === null || isRejected(group);

/** What waited was woken, and turned out to be INVALID. */
const isRejected = ({ isWake, verdict }: RecordGroup): boolean => isWake && verdict?.status === 'INVALID';

function toWrite(group: RecordGroup): RowWrite {
  if (!group.state) throw new Error(`${group.zohoId} has nothing to write`);
  return { zohoId: group.zohoId, state: group.state, contentChanged: group.isContentChanged };
}

function toDeferred(group: RecordGroup): DeferredWrite | null {
  const { zohoId, wait, missing, verdict } = group;
  if (!wait) return null;
  if (isRejected(group))
    return { zohoId, state: 'rejected', waiting: wait, missing: [], errors: verdict?.errors ?? null };
  return { zohoId, state: group.isSetAside ? 'failed' : 'waiting', waiting: wait, missing, errors: null };
}

function collect({ batch, groups, known }: Attempt): Applied {
  const { definition } = batch.by;
  const outcomes: Outcomes = new Map();
  for (const group of groups) {
    const warnings = known.warnings(definition, group.state);
    for (const [place, outcome] of group.outcomes) {
      const found = IS_STORED.has(outcome.status) ? warnings : [];
      outcomes.set(place, { ...outcome, ...withWarnings([...(outcome.warnings ?? []), ...found]) });
    }
  }
  const dangling = groups.flatMap(({ zohoId, state }) => known.danglingOf(definition, zohoId, state));
  return { outcomes, groups, dangling };
}

/** Refused for a second time, what waits was refused too: then there is nothing to keep. */
function refusals({ parts, run, by }: Batch, found: RecordsById, refused: Refused): Refused {
  const message = `The ${parts.definition.name} could not be stored; the fault is ours. Tell us the request id ${run.requestId ?? run.id}`;
  return new Map(
    [...found.keys()].map((id) => {
      const errors = [{ field: 'record', code: 'NOT_STORED', message }];
      return [id, { status: 'ERROR', message, deferred: by.defers && !refused.has(id), errors } satisfies Outcome];
    }),
  );
}
