import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { isRefusedData } from '../database/database-errors';
import { inFlight } from '../database/in-flight';
import { type Ending, TenantTransaction } from '../database/tenant-transaction';
import { collect, type Refused, refusals } from './applied';
import type { Applied, Batch, Portion } from './batch';
import { type DeferredId, DeferredRepository, type DeferredWrite } from './deferral/deferred.repository';
import { indexOf } from './field-index';
import { type EagerWrite, eagerWriteOf, Overtaken } from './eager-write';
import type { EntityDefinition } from './fields';
import { HistoryRepository } from './history/history.repository';
import { changesOf, RecordGroup } from './record-group';
import { keepOutErasure } from './removal/erasure-lock';
import { type KnownReferences, NamedRecords, ReferenceResolver } from './reference-resolver';
import { RowChanges } from './row-changes';
import { isSameState, NOTHING, type Standing, type Waiting } from './row-state';
import { giveWay, inSlices } from './slices';
import type { RowWrite } from './synced.repository';
import { settleUniqueValues } from './unique-values';
import { UniqueValuesRepository } from './unique-values.repository';

/** Written in the same transaction, from what the portions came to, in their order. */
export type Finish = (db: TenantDb, applied: readonly Applied[]) => Promise<void>;

/** One attempt at a batch: its groups, and the transaction that it runs in. */
interface Attempt {
  readonly db: TenantDb;
  readonly batch: Batch;
  readonly groups: readonly RecordGroup[];
  readonly known: KnownReferences;
}

const NONE: Refused = new Map();

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

  /**
   * Applies the records together; those whose data the database refuses are set aside, and spoil no other.
   *
   * @returns what came of each portion
   */
  async apply(batch: Batch, finish: Finish, ending: Ending): Promise<readonly Applied[]> {
    try {
      return await this.together(batch, finish, ending, NONE, 'eagerly');
    } catch (error) {
      if (!(error instanceof Overtaken) && !isRefusedData(error)) throw error;
      return await this.applyCarefully(batch, finish, ending, NONE);
    }
  }

  private async applyCarefully(
    batch: Batch,
    finish: Finish,
    ending: Ending,
    refused: Refused,
  ): Promise<readonly Applied[]> {
    try {
      return await this.together(batch, finish, ending, refused);
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      const found = await this.findRefused(batch, idsOf(batch), refused);
      if (found.length === 0) throw error;
      this.complain(batch, found);
      return await this.applyCarefully(
        batch,
        finish,
        ending,
        new Map([...refused, ...refusals(batch, found, refused)]),
      );
    }
  }

  /** Halves the records until the refused ones stand alone. It writes nothing: the others still belong together. */
  private async findRefused(batch: Batch, ids: readonly string[], refused: Refused): Promise<string[]> {
    try {
      await this.together(narrow(batch, ids), () => Promise.resolve(), 'rollback', refused);
      return [];
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      if (ids.length === 1) return [...ids];
      const half = Math.ceil(ids.length / 2);
      const first = await this.findRefused(batch, ids.slice(0, half), refused);
      const second = await this.findRefused(batch, ids.slice(half), refused);
      return [...first, ...second];
    }
  }

  private async together(
    batch: Batch,
    finish: Finish,
    ending: Ending,
    refused: Refused,
    how: 'eagerly' | 'carefully' = 'carefully',
  ): Promise<readonly Applied[]> {
    const { tenantId } = batch;
    const work = async (db: TenantDb): Promise<readonly Applied[]> => {
      if (batch.portions.every(({ records }) => records.size === 0)) return await finishEmpty(db, batch, finish);
      const attempt = await this.foldOntoStored(db, batch, refused);
      const eager = how === 'eagerly' && !batch.isWake ? eagerWriteOf(attempt.groups) : null;
      if (eager) return await this.writeAtOnce(attempt, eager, inTurn(batch, finish));
      await batch.turn;
      return await this.secureAndWrite(attempt, finish);
    };
    if (ending !== 'commit') return await this.transaction.run(tenantId, work, ending);
    const look = (all: readonly Applied[]): ((db: TenantDb) => Promise<DeferredId[]>) | null => {
      const arrivals = arrivalsOf(batch, all);
      return arrivals.length > 0 ? (db) => this.deferred.findAwaited(db, tenantId, arrivals) : null;
    };
    const patience = batch.isImpatient ? 'impatient' : 'patient';
    const [applied, awaited] = await this.transaction.runAndLook(tenantId, work, look, patience);
    if (!awaited || awaited.length === 0) return applied;
    const ids = new Set(awaited.map(({ zohoId }) => zohoId));
    return applied.map((one) => ({ ...one, awaited: arrivedIn(one).filter((id) => ids.has(id)) }));
  }

  /**
   * Everything in one go. No row is locked before: each is written only if it still is as it was read, and whoever was
   * overtaken begins anew, carefully.
   */
  private async writeAtOnce(attempt: Attempt, eager: EagerWrite, finish: Finish): Promise<readonly Applied[]> {
    const { db, batch, groups } = attempt;
    const { parts, tenantId } = batch;
    const { changed, before, claims } = eager;
    const rows = await parts.repository.spell(tenantId, changed.map(toWrite));
    const applied = collect(batch, groups, attempt.known);
    await giveWay(groups.length);
    const isNew = Object.keys(before).length === 0;
    // None of these waits for another's answer, so they travel together; rows come before claims, as everywhere.
    await inFlight([
      changed.length === 0
        ? null
        : isNew
          ? parts.repository.insert(db, rows)
          : parts.repository.writeUnlessOvertaken(db, rows, before).then((count) => {
              if (count < rows.count) throw new Overtaken();
            }),
      claims.size > 0 ? this.claims.take(db, tenantId, nameOf(batch), claims) : null,
      ...this.restOf(attempt, applied, finish),
    ]);
    return applied;
  }

  /** Makes everything that is to change this transaction's own, and folds again what has changed meanwhile. */
  private async secureAndWrite(attempt: Attempt, finish: Finish): Promise<readonly Applied[]> {
    const { db, batch, groups } = attempt;
    const secured = await this.secureWaits(attempt);
    const inserted = await this.secureRows(attempt);
    await settleUniqueValues(this.claims, { db, tenantId: batch.tenantId, entity: nameOf(batch) }, groups);
    await giveWay(groups.length);
    await this.writeRest(attempt, inserted);
    await this.writeWaits(attempt, secured);
    const applied = collect(batch, groups, attempt.known);
    await giveWay(groups.length);
    await inFlight(this.restOf(attempt, applied, finish));
    return applied;
  }

  /** What follows from the groups when they are settled; it travels together. */
  private restOf({ db, batch, groups }: Attempt, applied: readonly Applied[], finish: Finish): Promise<void>[] {
    const { tenantId } = batch;
    return [
      this.history.add(db, tenantId, nameOf(batch), groups),
      this.changes.tell(db, tenantId, nameOf(batch), changesOf(groups)),
      finish(db, applied),
    ];
  }

  /** Reads without locks: a record that changes nothing, as most of a resend does, never waits for anybody. */
  private async foldOntoStored(db: TenantDb, batch: Batch, refused: Refused): Promise<Attempt> {
    const { definition, tenantId } = batch;
    const groups = groupsOf(batch);
    const carried = new NamedRecords();
    for (const group of groups) group.noteNamed(carried);
    const [, standings, found] = await inFlight([
      namesOthers(definition) ? keepOutErasure(db, tenantId) : null,
      this.readStandings(db, batch, groups.map(idOf)),
      this.references.find(db, tenantId, definition, carried),
    ]);
    // What stored rows and waiting values name is mostly what the records name.
    const more = new NamedRecords();
    for (const { row, waiting } of standings.values()) {
      more.add(definition, row?.values, found);
      more.add(definition, waiting?.values, found);
    }
    const known = await this.references.findMore(db, tenantId, definition, more, found);
    await inSlices(groups, (group) => {
      const refusal = refused.get(group.zohoId);
      if (refusal) group.setAside(refusal);
      group.foldOnto(standings.get(group.zohoId) ?? NOTHING, known);
    });
    return { db, batch, groups, known };
  }

  private async readStandings(
    db: TenantDb,
    { parts, tenantId }: Batch,
    ids: readonly string[],
  ): Promise<Map<string, Standing>> {
    const [rows, waits] = await inFlight([
      parts.repository.readStates(db, tenantId, ids),
      this.deferred.read(db, tenantId, parts.definition.name, ids),
    ]);
    return new Map(ids.map((id) => [id, { row: rows.get(id) ?? null, waiting: waits.get(id) ?? null }]));
  }

  /** Makes what waits, or is to wait, this transaction's own, and folds again what has changed meanwhile. */
  private async secureWaits({ db, batch, groups, known }: Attempt): Promise<ReadonlySet<RecordGroup>> {
    const changed = batch.isWake ? groups : groups.filter(({ isWaitChanged }) => isWaitChanged);
    if (changed.length === 0) return new Set();
    await this.deferred.insertOrLock(db, batch.tenantId, nameOf(batch), changed.map(toPlaceholder));
    // What waited may have been applied meanwhile: then the row is another too.
    const now = await this.readStandings(db, batch, changed.map(idOf));
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
    const { parts, tenantId } = batch;
    const changed = groups.filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return new Map();
    const writes = new Map(changed.map((group) => [group.zohoId, toWrite(group)]));
    const rows = await parts.repository.spell(tenantId, [...writes.values()]);
    const inserted = await parts.repository.insertOrLock(db, rows);
    const locked = changed.filter(({ zohoId }) => !inserted.has(zohoId)).map(idOf);
    const now = locked.length > 0 ? await parts.repository.readStates(db, tenantId, locked) : new Map<string, never>();
    await inSlices(changed, (group) => {
      const row = now.get(group.zohoId) ?? null;
      if (!isSameState(row, group.row)) group.foldOnto({ row, waiting: group.waiting }, known);
    });
    for (const id of locked) writes.delete(id);
    return writes;
  }

  /** Writes the existing rows, and what unique values have changed about the inserted ones. */
  private async writeRest({ db, batch, groups }: Attempt, inserted: ReadonlyMap<string, RowWrite>): Promise<void> {
    const { parts, tenantId } = batch;
    const withdrawn = groups.filter((group) => inserted.has(group.zohoId) && !group.state).map(idOf);
    const written = groups.filter(
      (group) => group.isChanged && group.state && inserted.get(group.zohoId)?.state !== group.state,
    );
    if (withdrawn.length > 0) await parts.repository.withdraw(db, tenantId, withdrawn);
    if (written.length === 0) return;
    await parts.repository.update(db, await parts.repository.spell(tenantId, written.map(toWrite)));
  }

  /** Includes groups that came to wait only when they were folded again; that is rare, and a deadlock is tried again. */
  private async writeWaits({ db, batch, groups }: Attempt, secured: ReadonlySet<RecordGroup>): Promise<void> {
    const { tenantId } = batch;
    const late = groups.filter((group) => group.isWaitChanged && !secured.has(group));
    if (late.length > 0) await this.deferred.insertOrLock(db, tenantId, nameOf(batch), late.map(toPlaceholder));
    const concerned = [...secured].filter(isSettled).concat(late);
    const writes = concerned.map(toDeferred).filter((write) => write !== null);
    const kept = new Set(writes.map(({ zohoId }) => zohoId));
    const ended = concerned.filter(({ zohoId }) => !kept.has(zohoId)).map(idOf);
    if (ended.length > 0) await this.deferred.remove(db, tenantId, nameOf(batch), ended);
    if (writes.length > 0) await this.deferred.write(db, tenantId, nameOf(batch), writes);
  }

  private complain({ parts, portions }: Batch, found: readonly string[]): void {
    const ids = found.slice(0, 10).join(', ');
    const runs = portions.filter(({ records }) => found.some((id) => records.has(id))).map(({ run }) => run.id);
    this.log.error(
      `${found.length} of ${parts.definition.plural} were refused by the database: ${ids} (run ${runs.join(', ')})`,
    );
  }
}

/** So long rows that are written already wait for the turn of their batch. Somebody may be waiting for them meanwhile. */
const LONGEST_TURN_MS = 2_000;

/** @throws Overtaken when the turn does not come in time: then everything is let go of, and done when it has come */
function inTurn({ turn }: Batch, finish: Finish): Finish {
  if (!turn) return finish;
  return async (db, applied) => {
    const tooLate = new AbortController();
    const waited = pause(LONGEST_TURN_MS, 'too late', { signal: tooLate.signal }).catch(() => null);
    const came = await Promise.race([turn, waited]);
    tooLate.abort();
    if (came === 'too late') throw new Overtaken();
    await finish(db, applied);
  };
}

function groupsOf({ portions, isWake }: Batch): RecordGroup[] {
  const groups: RecordGroup[] = [];
  for (const { run, by, records } of portions) {
    for (const [id, placed] of records) groups.push(new RecordGroup(id, placed, run, by, groups.length, isWake));
  }
  return groups;
}

const idsOf = ({ portions }: Batch): string[] => portions.flatMap(({ records }) => [...records.keys()]);

/** The same batch with these ids alone. */
function narrow(batch: Batch, ids: readonly string[]): Batch {
  const kept = new Set(ids);
  const portions = batch.portions.map((portion): Portion => {
    const records = new Map([...portion.records].filter(([id]) => kept.has(id)));
    return { ...portion, records };
  });
  return { ...batch, portions };
}

const namesOthers = (definition: EntityDefinition): boolean => indexOf(definition).references.length > 0;

const nameOf = ({ parts }: Batch): string => parts.definition.name;
const toPlaceholder = ({ zohoId, run }: RecordGroup): { zohoId: string; runId: string } => ({ zohoId, runId: run.id });
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

const arrivedIn = ({ groups }: Applied): string[] =>
  groups.filter(({ isArrival }) => isArrival).map(({ zohoId }) => zohoId);

/** Rows that are there now and were not before, so that other records need not wait for them any longer. */
const arrivalsOf = (batch: Batch, applied: readonly Applied[]): DeferredId[] =>
  applied.flatMap(arrivedIn).map((zohoId) => ({ entity: nameOf(batch), zohoId }));

/** None of the records has an id. */
async function finishEmpty(db: TenantDb, { portions, turn }: Batch, finish: Finish): Promise<Applied[]> {
  await turn;
  const applied = portions.map((): Applied => ({ outcomes: new Map(), groups: [], dangling: [], awaited: [] }));
  await finish(db, applied);
  return applied;
}
