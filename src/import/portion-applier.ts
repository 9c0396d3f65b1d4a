import { Injectable } from '@nestjs/common';
import { inFlight } from '../database/in-flight';
import type { TenantDb } from '../database/tenant-db';
import { type Applied, batchOf, classifierOf, groupById } from '../sync/batch';
import { BatchApplier } from '../sync/batch-applier';
import { ReleaseService } from '../sync/deferral/release.service';
import { FingerprintService } from '../sync/fingerprint.service';
import { HistoryRepository } from '../sync/history/history.repository';
import type { RunResult } from '../sync/history/run-result';
import type { Outcome } from '../sync/outcome';
import { ProfileReader, type TenantMapping } from '../sync/profile/profile-reader';
import { type ParsedRecord, toWakeRecord } from '../sync/record';
import type { Run } from '../sync/run';
import { RecordMetrics } from '../sync/record-metrics';
import { inSlices } from '../sync/slices';
import { summarise } from '../sync/sync-report';
import type { SyncedParts } from '../sync/synced-parts';
import { isRejected, NOT_APPLIED, type Tally } from './import-report';
import type { Portion } from './reading/portions';
import type { SourceRecord } from './reading/source-record';

/** A portion whose records have been parsed. */
export interface ParsedPortion {
  readonly portion: Portion;
  /** how the tenant had them read */
  readonly mapping: TenantMapping;
  readonly records: readonly ParsedRecord[];
}

/** What a portion has come to. */
export interface AppliedPortion {
  readonly tally: Tally;
  /** of the records that were not applied, in their order */
  readonly results: readonly RunResult[];
}

/** A portion whose transaction is committed, and what it may set free. */
export interface CommittedPortion extends AppliedPortion {
  readonly applied: Applied;
}

/** So long the database waits for its turn: a portion is read while another is written. */
const SLICE_MS = 1;

/** Also done in the portion's transaction. */
export type Seal = (db: TenantDb, applied: AppliedPortion, zohoIds: readonly string[]) => Promise<void>;

/** Takes a portion the way that a request's records go: parsed, applied in one transaction with its run, then released. */
@Injectable()
export class PortionApplier {
  constructor(
    private readonly profiles: ProfileReader,
    private readonly fingerprints: FingerprintService,
    private readonly batches: BatchApplier,
    private readonly releases: ReleaseService,
    private readonly history: HistoryRepository,
    private readonly metrics: RecordMetrics,
  ) {}

  async parse({ parser, definition }: SyncedParts, tenantId: string, portion: Portion): Promise<ParsedPortion> {
    const mapping = await this.profiles.read(tenantId);
    const context = { definition: mapping.definitionOf(definition), now: Date.now(), operation: 'write' } as const;
    const records: ParsedRecord[] = [];
    await inSlices(
      portion.records,
      ({ raw, fault }) => records.push(fault ? toFaulty(fault) : parser.parse(raw, context)),
      SLICE_MS,
    );
    return { portion, mapping, records };
  }

  /** @param turn until then it only reads: records are applied in the order in which they stand in the file */
  async apply(
    parts: SyncedParts,
    run: Run,
    { portion, mapping, records }: ParsedPortion,
    { turn, seal, dryRun }: { readonly turn: Promise<unknown>; readonly seal: Seal; readonly dryRun: boolean },
  ): Promise<CommittedPortion> {
    const by = classifierOf(parts, mapping, this.fingerprints, run);
    const byId = groupById(records);
    let done: AppliedPortion | undefined;
    const [applied] = await this.batches.apply(
      { ...batchOf(parts, { run, by, records: byId }), turn },
      async (db, [all]) => {
        done = collect(portion.records, records, all?.outcomes ?? new Map());
        const { tally, results } = done;
        const line = { run, entity: by.definition.name, summary: tally.summary, results };
        await inFlight([this.history.addRuns(db, run.tenantId, [line]), seal(db, done, [...byId.keys()])]);
      },
      dryRun ? 'rollback' : 'commit',
    );
    if (!done || !applied) throw new Error('A portion was applied without an outcome');
    if (!dryRun) this.metrics.count(by.definition.plural, done.tally.summary);
    return { ...done, applied };
  }

  /** Applies all that a portion sets free, however much it is: no work may pile up behind the import. */
  async release(parts: SyncedParts, run: Run, { applied }: CommittedPortion): Promise<void> {
    await this.releases.after(parts, run, applied, Infinity);
  }
}

const toFaulty = (fault: NonNullable<SourceRecord['fault']>): ParsedRecord => ({
  ...toWakeRecord(''),
  zohoId: null,
  issues: [fault],
});

function collect(
  sources: readonly SourceRecord[],
  records: readonly ParsedRecord[],
  found: ReadonlyMap<number, Outcome>,
): AppliedPortion {
  const outcomes = records.map((record, place) => found.get(place) ?? withoutId(record));
  const results = outcomes.flatMap((outcome, place) => {
    const { status, message, errors, missing, deferred } = outcome;
    if (!NOT_APPLIED.has(status)) return [];
    const [record = 0, zohoId = null] = [sources[place]?.number, records[place]?.zohoId];
    const rest = { ...(errors && { errors }), ...(missing && { missing }), ...(deferred && { deferred }) };
    return [{ zoho_id: zohoId, status, message, ...rest, record }];
  });
  const tally = {
    summary: summarise(outcomes),
    rejected: results.filter(isRejected).length,
    withoutId: records.filter(({ zohoId }) => zohoId === null).length,
  };
  return { tally, results };
}

function withoutId({ zohoId, issues }: ParsedRecord): Outcome {
  // A record that vanishes from the counts in silence is the one thing that must never happen.
  if (zohoId !== null) throw new Error('A record of an import has no outcome');
  return { status: 'INVALID', message: issues.map(({ message }) => message).join('; '), errors: issues };
}
