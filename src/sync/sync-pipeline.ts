import { Injectable, Logger } from '@nestjs/common';
import { type Applied, type Batch, classifierOf, groupById, type Outcomes } from './batch';
import { BatchApplier } from './batch-applier';
import { type Released, ReleaseService } from './deferral/release.service';
import { EnvelopeReader } from './envelope/envelope-reader';
import { FingerprintService } from './fingerprint.service';
import { HistoryRepository } from './history/history.repository';
import { runResults } from './history/run-result';
import type { ParsingContext } from './ingress-parser';
import { withWarnings } from './outcome';
import { ProfileReader } from './profile/profile-reader';
import type { ParsedRecord } from './record';
import { changesOf } from './record-group';
import { type Foreseen, RowChanges } from './row-changes';
import { newRun, type Run } from './run';
import { inSlices } from './slices';
import type { SyncCall } from './sync-call';
import { isFinal, type SyncAnswer } from './sync-answer';
import { type SyncReport, type SyncResult, summarise, toReport, toResult } from './sync-report';
import type { SyncedParts } from './synced-parts';
import { witnessOf } from './witness';

/** The way of every request's records from Zoho's words to rows; the only place that knows the order of the steps. */
@Injectable()
export class SyncPipeline {
  private readonly log = new Logger(SyncPipeline.name);

  constructor(
    private readonly envelope: EnvelopeReader,
    private readonly profiles: ProfileReader,
    private readonly fingerprints: FingerprintService,
    private readonly batches: BatchApplier,
    private readonly releases: ReleaseService,
    private readonly history: HistoryRepository,
    private readonly changes: RowChanges,
  ) {}

  async run(parts: SyncedParts, call: SyncCall): Promise<SyncAnswer> {
    const receivedAt = new Date();
    const mapping = await this.profiles.read(call.tenantId);
    const definition = mapping.definitionOf(parts.definition);
    const { records: raw, operation, source } = this.envelope.read(call, definition, mapping.zohoModules);
    const run = newRun(call.tenantId, 'sync', { ...originOf(call), source }, receivedAt);
    const records = await this.parse(parts, raw, { definition, now: receivedAt.getTime(), operation });
    const by = classifierOf(parts, mapping, this.fingerprints, run);
    const batch = { parts, by, run, records: groupById(records), isWake: false };
    const { applied, results, foreseen } = await this.apply(batch, records, call.dryRun);
    const released = call.dryRun ? NOTHING_RELEASED : await this.releases.after(parts, run, applied.groups);
    const report = toReport(call, run.id, results, { ...released, foreseen });
    this.log.log(`${definition.plural}: ${describe(report)} (run ${run.id}${call.dryRun ? ', dry run' : ''})`);
    const witness = witnessOf(mapping.version, definition.name, applied.groups, applied.dangling);
    return { report, witness, isFinal: isFinal(report) };
  }

  private async parse(
    { parser }: SyncedParts,
    raw: readonly unknown[],
    context: ParsingContext,
  ): Promise<ParsedRecord[]> {
    const records: ParsedRecord[] = [];
    await inSlices(raw, (record) => records.push(parser.parse(record, context)));
    return records;
  }

  /** The run is written in the transaction that applies its records, so that neither is there without the other. */
  private async apply(
    batch: Batch,
    records: readonly ParsedRecord[],
    dryRun: boolean,
  ): Promise<{ applied: Applied; results: SyncResult[]; foreseen: Foreseen }> {
    const { definition } = batch.parts;
    const rejected = rejectWithoutId(records);
    let results: SyncResult[] = [];
    let foreseen: Foreseen = {};
    const applied = await this.batches.apply(
      batch,
      async (db, { outcomes, groups }) => {
        const all = new Map([...rejected, ...outcomes]);
        results = records.map(({ zohoId }, place) => toResult(definition, zohoId, all.get(place)));
        await this.history.addRun(db, batch.run, definition.name, summarise(results), runResults(records, all));
        if (dryRun) foreseen = await this.changes.foresee(db, batch.run.tenantId, definition.name, changesOf(groups));
      },
      dryRun ? 'rollback' : 'commit',
    );
    return { applied, results, foreseen };
  }
}

const NOTHING_RELEASED: Released = { released: 0, releasing: false };

const originOf = ({ requestId, idempotencyKey }: SyncCall): Pick<Run, 'requestId' | 'idempotencyKey'> => ({
  requestId,
  idempotencyKey,
});

function rejectWithoutId(records: readonly ParsedRecord[]): Outcomes {
  const outcomes: Outcomes = new Map();
  for (const [place, { zohoId, issues, warnings }] of records.entries()) {
    if (zohoId !== null) continue;
    const message = issues.map((issue) => issue.message).join('; ');
    outcomes.set(place, { status: 'INVALID', message, errors: issues, ...withWarnings(warnings) });
  }
  return outcomes;
}

function describe({ summary: { total, ...counts }, released }: SyncReport): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const also = released ? `, ${released} released` : '';
  return `${total} ${total === 1 ? 'record' : 'records'}: ${parts.map(([status, count]) => `${count} ${status}`).join(', ')}${also}`;
}
