import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction';
import { type Applied, batchOf, classifierOf, groupById } from '../batch';
import { BatchApplier } from '../batch-applier';
import { EntityRegistry } from '../entity-registry';
import { FingerprintService } from '../fingerprint.service';
import { HistoryRepository } from '../history/history.repository';
import { IS_STORED } from '../outcome';
import { ProfileReader } from '../profile/profile-reader';
import { toWakeRecord } from '../record';
import { RecordMetrics } from '../record-metrics';
import type { Run } from '../run';
import { summarise } from '../sync-report';
import type { SyncedParts } from '../synced-parts';
import { type DeferredId, DeferredRepository } from './deferred.repository';

/** What a run has set free. */
export interface Released {
  /** how many records that had waited were applied */
  readonly released: number;
  /** there are more, and they follow in the background */
  readonly releasing: boolean;
}

/** Records of one entity. */
interface Arrivals {
  readonly entity: string;
  readonly zohoIds: readonly string[];
  /** the last of their children that was found */
  after?: DeferredId | undefined;
}

/** What is left to do. */
interface Work {
  /** records that are there now and were not before, whose children are still to be found */
  readonly arrivals: Arrivals[];
  /** records that wait, and may not have to any longer */
  readonly candidates: DeferredId[];
}

/** So many records are released before the answer; the rest follows it. */
const MOST_INLINE = 1_000;

/**
 * Applies what waits, once what it waits for is stored. It looks after the commit, in transactions of its own: a child
 * that saw no parent and a parent that saw no waiting child then meet, whichever came first, since both look again.
 */
@Injectable()
export class ReleaseService implements BeforeApplicationShutdown {
  private readonly log = new Logger(ReleaseService.name);
  private readonly background = new Set<Promise<unknown>>();
  private isStopping = false;

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
    private readonly profiles: ProfileReader,
    private readonly fingerprints: FingerprintService,
    private readonly batches: BatchApplier,
    private readonly deferred: DeferredRepository,
    private readonly history: HistoryRepository,
    private readonly metrics: RecordMetrics,
  ) {}

  /**
   * What a batch makes possible. The batch is committed: when this fails, its answer is true nevertheless, and the sweep
   * finds what was left.
   *
   * @param most so many are released before the answer
   */
  async after(parts: SyncedParts, run: Run, applied: Applied, most = MOST_INLINE): Promise<Released> {
    try {
      return await this.releaseAfter(parts, run, applied, most);
    } catch (error) {
      this.log.error(`What waits is left to the next sweep: ${nameOf(error)} (run ${run.id})`);
      return { released: 0, releasing: true };
    }
  }

  /** Children of what the batch stored, and its own records whose parents came meanwhile. */
  private async releaseAfter(
    { definition }: SyncedParts,
    run: Run,
    { groups, awaited }: Applied,
    most: number,
  ): Promise<Released> {
    const entity = definition.name;
    const waiting = groups.filter(({ wait, isWaitChanged }) => wait && isWaitChanged).map(({ zohoId }) => zohoId);
    const own = waiting.length > 0 ? await this.findReady(run.tenantId, { entity, zohoIds: waiting }) : [];
    if (own.length === 0 && awaited.length === 0) return { released: 0, releasing: false };
    const arrivals = awaited.length > 0 ? [{ entity, zohoIds: awaited }] : [];
    return this.releaseSome(run, { arrivals, candidates: own }, most);
  }

  /** What a crash or a new profile left behind: records whose parents are all there, and those whose time has come. */
  async sweep(run: Run): Promise<Released> {
    this.profiles.forget(run.tenantId);
    const ready = await this.findReady(run.tenantId);
    const due = await this.transaction.run(run.tenantId, (db) => this.deferred.findDue(db, run.tenantId, MOST_INLINE));
    const candidates = [...ready, ...due];
    if (candidates.length === 0) return { released: 0, releasing: false };
    await this.begin(run, null);
    return this.releaseSome(run, { arrivals: [], candidates });
  }

  /** Tries to apply what waits under one id, whatever it waits for. */
  async wake(run: Run, id: DeferredId): Promise<Released> {
    await this.begin(run, id.entity);
    return this.releaseSome(run, { arrivals: [], candidates: [id] });
  }

  /** What is left then is the next sweep's. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await Promise.allSettled(this.background);
  }

  /** A run that no caller's records belong to. */
  private async begin(run: Run, entity: string | null): Promise<void> {
    const line = { run, entity, summary: summarise([]), results: [] };
    await this.transaction.run(run.tenantId, (db) => this.history.addRuns(db, run.tenantId, [line]));
  }

  private findReady(tenantId: string, among?: Arrivals): Promise<DeferredId[]> {
    const tables = this.entities.all.map(({ definition }) => definition.name);
    return this.transaction.run(tenantId, (db) => this.deferred.findReady(db, tenantId, tables, MOST_INLINE, among));
  }

  private async releaseSome(run: Run, work: Work, most = MOST_INLINE): Promise<Released> {
    const released = await this.release(run, work, most);
    const releasing = work.arrivals.length > 0 || work.candidates.length > 0;
    if (releasing) this.continueInBackground(run, work);
    return { released, releasing };
  }

  private continueInBackground(run: Run, work: Work): void {
    const rest = this.release(run, work, Infinity)
      .catch((error: unknown) => this.log.error(`What waits is left to the next sweep: ${nameOf(error)}`))
      .finally(() => this.background.delete(rest));
    this.background.add(rest);
  }

  /** Releases about so many records, children of children too, and leaves the rest in the work. */
  private async release(run: Run, work: Work, most: number): Promise<number> {
    let released = 0;
    let woken = 0;
    while (woken < most && !this.isStopping) {
      const ids = work.candidates.splice(0, MOST_INLINE);
      if (ids.length === 0) {
        if (!(await this.findChildren(run.tenantId, work))) break;
        continue;
      }
      woken += ids.length;
      for (const { entity, zohoIds } of byEntity(ids)) {
        const { count, awaited } = await this.wakeAll(run, entity, zohoIds);
        released += count;
        if (awaited.length > 0) work.arrivals.push({ entity, zohoIds: awaited });
      }
    }
    return released;
  }

  /** Turns arrivals into the records that wait for them; false when there are no arrivals left. */
  private async findChildren(tenantId: string, work: Work): Promise<boolean> {
    const [arrivals] = work.arrivals;
    if (!arrivals) return false;
    const children = await this.transaction.run(tenantId, (db) =>
      this.deferred.findChildren(db, tenantId, arrivals.entity, arrivals.zohoIds, arrivals.after, MOST_INLINE),
    );
    work.candidates.push(...children);
    if (children.length < MOST_INLINE) work.arrivals.shift();
    else arrivals.after = children.at(-1);
    return true;
  }

  private async wakeAll(
    run: Run,
    entity: string,
    zohoIds: readonly string[],
  ): Promise<{ count: number; awaited: readonly string[] }> {
    const parts = this.entities.find(entity);
    if (!parts) return { count: 0, awaited: [] };
    const by = classifierOf(parts, await this.profiles.read(run.tenantId), this.fingerprints, run, true);
    const records = groupById(zohoIds.map(toWakeRecord));
    const [applied] = await this.batches.apply(
      batchOf(parts, { run, by, records }, true),
      async (db, all) => {
        const count = countReleased(all[0]?.groups);
        if (count > 0) await this.history.addReleased(db, run.tenantId, run.id, count);
      },
      'commit',
    );
    const count = countReleased(applied?.groups);
    this.metrics.countReleased(parts.definition.plural, count);
    return { count, awaited: applied?.awaited ?? [] };
  }
}

const countReleased = (groups: Applied['groups'] = []): number =>
  groups.filter(({ waiting, wait, verdict }) => waiting && !wait && verdict && IS_STORED.has(verdict.status)).length;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

function byEntity(ids: readonly DeferredId[]): Arrivals[] {
  const byName = Map.groupBy(ids, ({ entity }) => entity);
  return [...byName].map(([entity, of]) => ({ entity, zohoIds: of.map(({ zohoId }) => zohoId) }));
}
