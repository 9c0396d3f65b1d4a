import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { TenantDb } from '../database/tenant-db';
import { Environment } from '../config/environment';
import { TenantTransaction } from '../database/tenant-transaction';
import { ImportRepository } from '../import/import.repository';
import { HoldRepository } from '../push/brake/hold.repository';
import { PushWorker } from '../push/push-worker';
import { DeferredRepository } from '../sync/deferral/deferred.repository';
import { ReleaseService } from '../sync/deferral/release.service';
import { HistoryRepository } from '../sync/history/history.repository';
import { newRun } from '../sync/run';
import { TenantDirectory } from '../tenants/tenant-directory';

const EVERY_MS = 60_000;
const TIDY_EVERY_MS = 3_600_000;
/** Rows that one statement removes or changes, so that none holds its locks for long. */
const PORTION = 1_000;

/** What has to be done again and again, tenant by tenant: sweep up what waits, let it expire, push, forget what is old. */
@Injectable()
export class UpkeepService implements BeforeApplicationShutdown {
  private readonly log = new Logger(UpkeepService.name);
  private current: Promise<void> | null = null;
  private isStopping = false;
  private readonly tidiedAt = new Map<string, number>();

  constructor(
    private readonly tenants: TenantDirectory,
    private readonly transaction: TenantTransaction,
    private readonly releases: ReleaseService,
    private readonly deferred: DeferredRepository,
    private readonly history: HistoryRepository,
    private readonly holds: HoldRepository,
    private readonly imports: ImportRepository,
    private readonly pushes: PushWorker,
    private readonly environment: Environment,
  ) {}

  /** Does nothing while the round before is still under way. */
  @Interval(EVERY_MS)
  async tick(): Promise<void> {
    if (this.current) return;
    this.current = this.round();
    await this.current;
    this.current = null;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await this.current;
  }

  private async round(): Promise<void> {
    try {
      for (const tenantId of await this.tenants.listActive()) {
        if (this.isStopping) return;
        await this.keepUp(tenantId);
      }
    } catch (error) {
      this.log.error(`The upkeep is left to the next round: ${error instanceof Error ? error.name : typeof error}`);
    }
  }

  /** All that there is to do for one tenant. Most have nothing that waits, and cost no more than a look. */
  async keepUp(tenantId: string): Promise<void> {
    if (await this.transaction.run(tenantId, (db) => this.deferred.isAnyOpen(db, tenantId))) {
      await this.lookAfterWaiting(tenantId);
    }
    await this.transaction.run(tenantId, (db) => this.holds.expire(db, tenantId));
    await this.pushes.remind(tenantId);
    if (this.isTidyTime(tenantId)) await this.forgetOld(tenantId);
  }

  private async lookAfterWaiting(tenantId: string): Promise<void> {
    const { WAITING_DAYS } = this.environment;
    await this.releases.sweep(newRun(tenantId, 'sweep'));
    const expired = await this.inPortions(tenantId, (db) => this.deferred.expire(db, tenantId, WAITING_DAYS, PORTION));
    if (expired > 0)
      this.log.warn(`${expired} records of ${tenantId} have waited for ${WAITING_DAYS} days and expired`);
  }

  private async forgetOld(tenantId: string): Promise<void> {
    const { RUN_RETENTION_DAYS, HISTORY_RETENTION_DAYS } = this.environment;
    await this.inPortions(tenantId, (db) => this.history.pruneRuns(db, tenantId, RUN_RETENTION_DAYS, PORTION));
    await this.inPortions(tenantId, (db) => this.imports.prune(db, tenantId, RUN_RETENTION_DAYS, PORTION));
    await this.inPortions(tenantId, (db) => this.imports.tidy(db, tenantId, PORTION));
    await this.inPortions(tenantId, (db) => this.history.pruneChanges(db, tenantId, HISTORY_RETENTION_DAYS, PORTION));
  }

  /** Once an hour is enough for what is kept for days. */
  private isTidyTime(tenantId: string): boolean {
    const due = (this.tidiedAt.get(tenantId) ?? -Infinity) + TIDY_EVERY_MS <= Date.now();
    if (due) this.tidiedAt.set(tenantId, Date.now());
    return due;
  }

  /** Each portion in a transaction of its own, until one is not full. @returns how many rows in all */
  private async inPortions(tenantId: string, portion: (db: TenantDb) => Promise<number>): Promise<number> {
    let total = 0;
    for (let count = PORTION; count === PORTION && !this.isStopping;) {
      count = await this.transaction.run(tenantId, portion);
      total += count;
    }
    return total;
  }
}
