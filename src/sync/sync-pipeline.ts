import { Injectable, Logger } from '@nestjs/common';
import { classifierOf, groupById } from './batch';
import { type Released, ReleaseService } from './deferral/release.service';
import { EnvelopeReader } from './envelope/envelope-reader';
import { FingerprintService } from './fingerprint.service';
import type { ParsingContext } from './ingress-parser';
import { ProfileReader } from './profile/profile-reader';
import type { ParsedRecord } from './record';
import { ReceiptClock } from './receipt-clock';
import { RecordMetrics } from './record-metrics';
import { RequestWriter } from './request-writer';
import { newRun, type Run } from './run';
import { giveWay, inSlices } from './slices';
import type { SyncCall } from './sync-call';
import { isFinal, type SyncAnswer } from './sync-answer';
import { type SyncReport, toReport } from './sync-report';
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
    private readonly receipts: ReceiptClock,
    private readonly writer: RequestWriter,
    private readonly releases: ReleaseService,
    private readonly metrics: RecordMetrics,
  ) {}

  async run(parts: SyncedParts, call: SyncCall): Promise<SyncAnswer> {
    const receivedAt = new Date();
    const mapping = await this.profiles.read(call.tenantId);
    const definition = mapping.definitionOf(parts.definition);
    const { records: raw, operation, source } = this.envelope.read(call, definition, mapping.zohoModules);
    const records = await this.parse(parts, raw, { definition, now: receivedAt.getTime(), operation });
    const run = await this.receipts.time(
      newRun(call.tenantId, 'sync', { ...originOf(call), source }, receivedAt),
      records,
    );
    const by = classifierOf(parts, mapping, this.fingerprints, run);
    const portion = { run, by, records: groupById(records) };
    const { applied, results, foreseen } = await this.writer.write(
      { parts, portion, records, profileVersion: mapping.version },
      call.dryRun ? 'rollback' : 'commit',
    );
    const released = call.dryRun ? NOTHING_RELEASED : await this.releases.after(parts, run, applied);
    const report = toReport(call, run.id, results, { ...released, foreseen });
    if (!call.dryRun) this.metrics.count(definition.plural, report.summary);
    this.log.log(`${definition.plural}: ${describe(report)} (run ${run.id}${call.dryRun ? ', dry run' : ''})`);
    await giveWay(records.length);
    const witness = witnessOf(mapping.version, definition.name, applied.groups, applied.dangling);
    await giveWay(records.length);
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
}

const NOTHING_RELEASED: Released = { released: 0, releasing: false };

const originOf = ({ requestId, idempotencyKey }: SyncCall): Pick<Run, 'requestId' | 'idempotencyKey'> => ({
  requestId,
  idempotencyKey,
});

function describe({ summary: { total, ...counts }, released }: SyncReport): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const also = released ? `, ${released} released` : '';
  return `${total} ${total === 1 ? 'record' : 'records'}: ${parts.map(([status, count]) => `${count} ${status}`).join(', ')}${also}`;
}
