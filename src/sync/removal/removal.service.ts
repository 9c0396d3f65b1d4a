import { Injectable } from '@nestjs/common';
import { batchOf, classifierOf, groupById } from '../batch';
import { BatchApplier } from '../batch-applier';
import { FingerprintService } from '../fingerprint.service';
import { HistoryRepository } from '../history/history.repository';
import { runResults } from '../history/run-result';
import { ProfileReader } from '../profile/profile-reader';
import { toWakeRecord } from '../record';
import { ReceiptClock } from '../receipt-clock';
import { RecordMetrics } from '../record-metrics';
import { RecordNotFound } from '../record-not-found';
import { changesOf } from '../record-group';
import { type Foreseen, RowChanges } from '../row-changes';
import { newRun } from '../run';
import { summarise, type SyncResult, toResult } from '../sync-report';
import type { SyncedParts } from '../synced-parts';
import { isZohoId } from '../values/zoho-id';
import { type Erased, Erasure } from './erasure';

/** A request to delete one record. */
export interface RemovalCall {
  readonly tenantId: string;
  readonly requestId: string;
  /** who asks, for the audit log */
  readonly actor: string;
  readonly zohoId: string;
  /** for good, rather than to a tombstone */
  readonly erase: boolean;
  /** answer what would happen, and write nothing */
  readonly dryRun: boolean;
}

/** What became of it. */
export type Removal = SyncResult & { readonly run_id: string; readonly dry_run?: true };

/** What was removed for good. */
export type ErasureReport = Record<`zoho_${string}_id`, string> & { readonly erased: Erased; readonly dry_run?: true };

/** Deletes single records at somebody's request: to a tombstone, or for good. */
@Injectable()
export class RemovalService {
  constructor(
    private readonly profiles: ProfileReader,
    private readonly fingerprints: FingerprintService,
    private readonly receipts: ReceiptClock,
    private readonly batches: BatchApplier,
    private readonly history: HistoryRepository,
    private readonly erasure: Erasure,
    private readonly changes: RowChanges,
    private readonly metrics: RecordMetrics,
  ) {}

  /** Leaves a tombstone, also of a record that was never seen. @throws RecordNotFound for what can be no id */
  async remove(parts: SyncedParts, { tenantId, requestId, zohoId, dryRun }: RemovalCall): Promise<Removal> {
    if (!isZohoId(zohoId)) throw new RecordNotFound(`There is no ${parts.definition.name} with this id in this tenant`);
    const records = [{ ...toWakeRecord(zohoId), operation: 'delete' as const }];
    const run = await this.receipts.time(newRun(tenantId, 'delete', { requestId }), records);
    const by = classifierOf(parts, await this.profiles.read(tenantId), this.fingerprints, run);
    const { definition } = by;
    let foreseen: Foreseen = {};
    const [applied] = await this.batches.apply(
      batchOf(parts, { run, by, records: groupById(records) }),
      async (db, [all]) => {
        if (!all) throw new Error('A portion was not applied');
        const { outcomes, groups } = all;
        const summary = summarise([toResult(definition, zohoId, outcomes.get(0))]);
        const results = runResults(records, outcomes);
        await this.history.addRuns(db, tenantId, [{ run, entity: definition.name, summary, results }]);
        if (dryRun) foreseen = await this.changes.foresee(db, tenantId, definition.name, changesOf(groups));
      },
      dryRun ? 'rollback' : 'commit',
    );
    const result = toResult(definition, zohoId, applied?.outcomes.get(0));
    if (!dryRun) this.metrics.count(definition.plural, summarise([result]));
    return { ...result, run_id: run.id, ...(dryRun && { dry_run: true, ...foreseen }) };
  }

  /** Leaves nothing. @throws RecordNotFound when there is nothing of the record */
  async erase({ definition }: SyncedParts, { tenantId, zohoId, dryRun, ...by }: RemovalCall): Promise<ErasureReport> {
    if (!isZohoId(zohoId)) throw new RecordNotFound(`There is no ${definition.name} with this id in this tenant`);
    const erased = await this.erasure.erase(tenantId, by, definition, zohoId, dryRun ? 'rollback' : 'commit');
    if (Object.values(erased).every((count) => count === 0)) {
      throw new RecordNotFound(`There is nothing of a ${definition.name} with this id in this tenant`);
    }
    return { [`zoho_${definition.name}_id` as const]: zohoId, erased, ...(dryRun && { dry_run: true as const }) };
  }
}
