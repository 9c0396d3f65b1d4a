import { Injectable, Logger } from '@nestjs/common';
import { describeError } from '../logging/describe-error';
import { inFlight } from '../database/in-flight';
import { TenantTransaction } from '../database/tenant-transaction';
import { type PushStanding, readPushStanding } from '../push/push-standing';
import { MoodleSites } from '../push/site/moodle-sites';
import { type DeferredStanding, readDeferredStanding } from '../sync/deferral/deferred-standing';
import { readLastReceived } from '../sync/history/last-received';
import { TenantDirectory } from '../tenants/tenant-directory';

/** How one tenant stands. */
export interface Standing {
  readonly deferred: DeferredStanding;
  readonly push: PushStanding;
  /** whether there is a Moodle that is to be pushed to */
  readonly hasSite: boolean;
  readonly lastReceived: Date | null;
}

interface Seen {
  readonly standing: Standing;
  /** by the process's own clock, in milliseconds */
  readonly at: number;
}

/** What was seen so lately is not looked at again. */
const FRESH_MS = 2_000;
/** One look goes through so many tenants; the next one begins where it has ended. */
const TENANTS_A_LOOK = 250;
/** Whoever asks is not kept waiting for longer; the look goes on. */
const PATIENCE_MS = 1_000;
/** Of one tenant, things of one state are counted up to here. */
const MOST_COUNTED = 50_000;

/**
 * How the tenants stand, as seen a little while ago: read tenant by tenant, by a few small statements that travel together.
 * However many tenants there are, and whatever becomes of the database, asking costs no more than a moment.
 */
@Injectable()
export class Standings {
  private readonly log = new Logger(Standings.name);
  private readonly seen = new Map<string, Seen>();
  /** tenants that this round has not come to yet */
  private left: string[] = [];
  private roundBegan = -Infinity;
  private looking: Promise<void> | null = null;
  private complaint: string | null = null;
  private readonly since = performance.now();

  constructor(
    private readonly tenants: TenantDirectory,
    private readonly transaction: TenantTransaction,
    private readonly sites: MoodleSites,
  ) {}

  /** By tenant. What was known before stays while the database is away. */
  get known(): ReadonlyMap<string, Standing> {
    return new Map([...this.seen].map(([tenantId, { standing }]) => [tenantId, standing]));
  }

  /** How old what is known is, of the tenant that was looked at longest ago. */
  get ageSeconds(): number {
    const seen = [...this.seen.values()].map(({ at }) => at);
    const oldest = seen.length > 0 ? Math.min(...seen) : Math.max(this.since, this.roundBegan);
    return (performance.now() - oldest) / 1_000;
  }

  /** Looks again, unless somebody does; never fails, and never takes long. */
  async refresh(): Promise<void> {
    this.looking ??= this.look().finally(() => (this.looking = null));
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    await Promise.race([this.looking, timeUp]);
    clearTimeout(timer);
  }

  private async look(): Promise<void> {
    try {
      if (this.left.length === 0) await this.beginRound(performance.now());
      for (let count = 0; count < TENANTS_A_LOOK; count += 1) {
        // One that fails does not keep the others back: its turn comes again in the next round.
        const tenantId = this.left.shift();
        if (tenantId === undefined) return;
        const standing = await this.read(tenantId);
        this.seen.set(tenantId, { standing, at: performance.now() });
        this.complaint = null;
      }
    } catch (error) {
      this.complain(describeError(error));
    }
  }

  /** Once for each trouble, and not with every scrape. */
  private complain(trouble: string): void {
    if (trouble !== this.complaint) this.log.warn(`How tenants stand cannot be read: ${trouble}`);
    this.complaint = trouble;
  }

  private async beginRound(now: number): Promise<void> {
    if (now - this.roundBegan < FRESH_MS) return;
    this.left = await this.tenants.listActive();
    this.roundBegan = now;
    const active = new Set(this.left);
    for (const tenantId of this.seen.keys()) if (!active.has(tenantId)) this.seen.delete(tenantId);
  }

  private async read(tenantId: string): Promise<Standing> {
    const hasSite = await this.sites.isToBePushedTo(tenantId);
    const [deferred, push, lastReceived] = await this.transaction.send(tenantId, (db) =>
      inFlight([
        readDeferredStanding(db, tenantId, MOST_COUNTED),
        readPushStanding(db, tenantId, MOST_COUNTED),
        readLastReceived(db, tenantId),
      ]),
    );
    return { deferred, push, hasSite, lastReceived };
  }
}
