import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { uuidv7 } from 'uuidv7';
import { isRefusedData } from '../database/database-errors';
import { type Ending, TenantTransaction } from '../database/tenant-transaction';
import { type RowState, withWarnings } from './classify';
import { EnvelopeReader } from './envelope/envelope-reader';
import { FingerprintService } from './fingerprint.service';
import type { Outcome, Status } from './outcome';
import type { ParsedRecord } from './record';
import { type PlacedRecord, RecordGroup } from './record-group';
import { type AbsentRecords, absenceWarnings, ReferenceResolver } from './reference-resolver';
import { inSlices } from './slices';
import type { SyncCall } from './sync-call';
import type { SyncedParts } from './synced-parts';
import type { RowWrite } from './synced.repository';
import { isFinal, type SyncAnswer } from './sync-answer';
import { type SyncReport, toReport, toResult } from './sync-report';
import { settleUniqueValues } from './unique-values';
import { UniqueValuesRepository } from './unique-values.repository';
import { witnessOf } from './witness';

type Outcomes = Map<number, Outcome>;
type RecordsById = ReadonlyMap<string, readonly PlacedRecord[]>;

/** Outcomes after which the row is what the record says. */
const IS_STORED: ReadonlySet<Status> = new Set(['NEW', 'UPDATED', 'UNCHANGED']);

/** What came of a batch: an outcome for each record, the groups, and the references that name nothing stored. */
interface Applied {
  readonly outcomes: Outcomes;
  readonly groups: readonly RecordGroup[];
  readonly absent: readonly AbsentRecords[];
}

/** One attempt at a batch: who it is for, and the transaction that it runs in. */
interface Attempt {
  readonly db: EntityManager;
  readonly tenantId: string;
  readonly parts: SyncedParts;
}

/** The way of every request's records from Zoho's words to rows; the only place that knows the order of the steps. */
@Injectable()
export class SyncPipeline {
  private readonly log = new Logger(SyncPipeline.name);

  constructor(
    private readonly envelope: EnvelopeReader,
    private readonly transaction: TenantTransaction,
    private readonly fingerprints: FingerprintService,
    private readonly references: ReferenceResolver,
    private readonly claims: UniqueValuesRepository,
  ) {}

  async run(parts: SyncedParts, call: SyncCall): Promise<SyncAnswer> {
    const runId = uuidv7();
    const records = await this.parse(parts, this.envelope.read(call, parts.definition));
    const applied = await this.applyApart(parts, call, groupById(records));
    const outcomes = new Map([...rejectWithoutId(records), ...applied.outcomes]);
    const results = records.map(({ zohoId }, place) => toResult(parts.definition, zohoId, outcomes.get(place)));
    const report = toReport(call, runId, results);
    this.log.log(`${parts.definition.plural}: ${describe(report)} (run ${runId}${call.dryRun ? ', dry run' : ''})`);
    return {
      report,
      witness: witnessOf(parts.definition.name, applied.groups, applied.absent),
      isFinal: isFinal(report),
    };
  }

  private async parse({ parser }: SyncedParts, raw: readonly unknown[]): Promise<ParsedRecord[]> {
    const records: ParsedRecord[] = [];
    const now = Date.now();
    await inSlices(raw, (record) => records.push(parser.parse(record, now)));
    return records;
  }

  /** Applies the records together; those whose data the database refuses are left out. */
  private async applyApart(parts: SyncedParts, call: SyncCall, records: RecordsById): Promise<Applied> {
    if (records.size === 0) return { outcomes: new Map(), groups: [], absent: [] };
    try {
      return await this.applyTogether(parts, call, records, call.dryRun ? 'rollback' : 'commit');
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      const refused = await this.findRefused(parts, call, records);
      if (refused.size === 0) throw error;
      const rest = new Map([...records].filter(([id]) => !refused.has(id)));
      const applied = await this.applyApart(parts, call, rest);
      return { ...applied, outcomes: new Map([...applied.outcomes, ...this.refusedOutcomes(parts, call, refused)]) };
    }
  }

  /** Halves the records until the refused ones stand alone. It writes nothing: the others still belong together. */
  private async findRefused(parts: SyncedParts, call: SyncCall, records: RecordsById): Promise<RecordsById> {
    try {
      await this.applyTogether(parts, call, records, 'rollback');
      return new Map();
    } catch (error) {
      if (!isRefusedData(error)) throw error;
      if (records.size === 1) return records;
      const ids = [...records];
      const half = Math.ceil(ids.length / 2);
      const first = await this.findRefused(parts, call, new Map(ids.slice(0, half)));
      const second = await this.findRefused(parts, call, new Map(ids.slice(half)));
      return new Map([...first, ...second]);
    }
  }

  private applyTogether(parts: SyncedParts, call: SyncCall, records: RecordsById, ending: Ending): Promise<Applied> {
    const { tenantId } = call;
    return this.transaction.run(
      tenantId,
      async (db) => {
        const by = { parser: parts.parser, fingerprints: this.fingerprints };
        const groups = [...records].map(([zohoId, placed]) => new RecordGroup(zohoId, placed, by));
        const attempt = { db, tenantId, parts };
        await this.foldOntoStored(attempt, groups);
        const inserted = await this.secureRows(attempt, groups);
        await settleUniqueValues(this.claims, { db, tenantId, entity: parts.definition.name }, groups);
        await this.writeRest(attempt, groups, inserted);
        return this.collect(attempt, groups);
      },
      ending,
    );
  }

  /** Reads without locks: a record that changes nothing, as most of a resend does, never waits for anybody. */
  private async foldOntoStored({ db, tenantId, parts }: Attempt, groups: readonly RecordGroup[]): Promise<void> {
    const stored = await parts.repository.readStates(db, tenantId, groups.map(idOf));
    await inSlices(groups, (group) => group.foldOnto(stored.get(group.zohoId) ?? null));
  }

  /**
   * Makes every row that is to change this transaction's own. Where another request was there since the first look,
   * the records are folded onto what it stored.
   */
  private async secureRows(
    { db, tenantId, parts }: Attempt,
    groups: readonly RecordGroup[],
  ): Promise<ReadonlyMap<string, RowWrite>> {
    const changed = groups.filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return new Map();
    const writes = new Map(changed.map((group) => [group.zohoId, toWrite(group)]));
    const inserted = await parts.repository.insertOrLock(db, tenantId, [...writes.values()]);
    const locked = changed.filter(({ zohoId }) => !inserted.has(zohoId));
    const now =
      locked.length > 0
        ? await parts.repository.readStates(db, tenantId, locked.map(idOf))
        : new Map<string, RowState>();
    await inSlices(changed, (group) => {
      const row = now.get(group.zohoId) ?? null;
      if (row?.fingerprint !== group.row?.fingerprint || row?.version !== group.row?.version) group.foldOnto(row);
    });
    for (const { zohoId } of locked) writes.delete(zohoId);
    return writes;
  }

  /** Writes the existing rows, and what unique values have changed about the inserted ones. */
  private async writeRest(
    { db, tenantId, parts }: Attempt,
    groups: readonly RecordGroup[],
    inserted: ReadonlyMap<string, RowWrite>,
  ): Promise<void> {
    const withdrawn = groups.filter((group) => inserted.has(group.zohoId) && !group.state).map(({ zohoId }) => zohoId);
    const written = groups.filter(
      (group) => group.isChanged && group.state && inserted.get(group.zohoId)?.state !== group.state,
    );
    if (withdrawn.length > 0) await parts.repository.withdraw(db, tenantId, withdrawn);
    if (written.length > 0) await parts.repository.update(db, tenantId, written.map(toWrite));
  }

  private async collect({ db, tenantId, parts }: Attempt, groups: readonly RecordGroup[]): Promise<Applied> {
    const absent = await this.references.findAbsent(db, tenantId, parts.definition, groups);
    const outcomes: Outcomes = new Map();
    for (const group of groups) {
      const warnings = absenceWarnings(parts.definition, absent, group);
      for (const [place, outcome] of group.outcomes) {
        const found = IS_STORED.has(outcome.status) ? warnings : [];
        outcomes.set(place, { ...outcome, ...withWarnings([...(outcome.warnings ?? []), ...found]) });
      }
    }
    return { outcomes, groups, absent };
  }

  private refusedOutcomes({ definition }: SyncedParts, { requestId }: SyncCall, records: RecordsById): Outcomes {
    this.log.error(
      `${records.size} of ${definition.plural} were refused by the database: ${[...records.keys()].slice(0, 10).join(', ')}`,
    );
    const message = `The ${definition.name} could not be stored; the fault is ours. Tell us the request id ${requestId}`;
    const outcome: Outcome = { status: 'ERROR', message, errors: [{ field: 'record', code: 'NOT_STORED', message }] };
    return new Map([...records.values()].flat().map(({ place }) => [place, outcome]));
  }
}

function rejectWithoutId(records: readonly ParsedRecord[]): Outcomes {
  const outcomes: Outcomes = new Map();
  for (const [place, { zohoId, issues, warnings }] of records.entries()) {
    if (zohoId !== null) continue;
    const message = issues.map((issue) => issue.message).join('; ');
    outcomes.set(place, { status: 'INVALID', message, errors: issues, ...withWarnings(warnings) });
  }
  return outcomes;
}

function groupById(records: readonly ParsedRecord[]): RecordsById {
  const groups = new Map<string, PlacedRecord[]>();
  for (const [place, record] of records.entries()) {
    if (record.zohoId === null) continue;
    const group = groups.get(record.zohoId);
    if (group) group.push({ place, record });
    else groups.set(record.zohoId, [{ place, record }]);
  }
  return groups;
}

const idOf = ({ zohoId }: RecordGroup): string => zohoId;

function toWrite(group: RecordGroup): RowWrite {
  if (!group.state) throw new Error(`${group.zohoId} has nothing to write`);
  return { zohoId: group.zohoId, state: group.state, contentChanged: group.isContentChanged };
}

function describe({ summary: { total, ...counts } }: SyncReport): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return `${total} ${total === 1 ? 'record' : 'records'}: ${parts.map(([status, count]) => `${count} ${status}`).join(', ')}`;
}
