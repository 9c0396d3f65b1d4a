import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../config/environment';
import { TenantTransaction } from '../database/tenant-transaction';
import { ProfileReader } from '../sync/profile/profile-reader';
import { TargetKinds } from './kinds/target-kinds';
import type { TargetKind } from './kinds/target-kind';
import { withFacts } from '../logging/log-facts';
import { readRequestIds } from '../sync/history/request-ids';
import { PushAccount, runsOf } from './push-account';
import { PushMetrics } from './push-metrics';
import { MarkRepository } from './planning/mark.repository';
import { type MoodleSettings, settingsOf } from './wanted/moodle-settings';
import { MoodleSites } from './site/moodle-sites';
import { Planner } from './planning/planner';
import { PushSources } from './wanted/push-source';
import { PushGate } from './site/push-gate';
import { type Pushing, TargetPusher, type Within } from './target-pusher';
import { SettlementRepository } from './targets/settlement.repository';
import type { ClaimedTarget } from './targets/target';
import { TargetRepository } from './targets/target.repository';
import { type PlanBasis, TenantPushRepository } from './site/tenant-push.repository';

/** Targets that one worker has in its hands at once: so many, as the brake sees no further. */
const BATCH = 500;

/** A lease lasts 10 s. */
const RENEW_EVERY_MS = 3_000;

/** What is pushed for whom, and until when. */
interface Round extends Pushing {
  readonly basis: PlanBasis & { readonly baseUrl: string };
  readonly signal: AbortSignal;
}

/** Pushes what is due for one tenant: parents before children, some of a kind at a time. */
@Injectable()
export class PushRound {
  private readonly log = new Logger(PushRound.name);
  private readonly account = new PushAccount();

  constructor(
    private readonly environment: Environment,
    private readonly transaction: TenantTransaction,
    private readonly profiles: ProfileReader,
    private readonly planner: Planner,
    private readonly marks: MarkRepository,
    private readonly sources: PushSources,
    private readonly targets: TargetRepository,
    private readonly settlements: SettlementRepository,
    private readonly tenants: TenantPushRepository,
    private readonly sites: MoodleSites,
    private readonly gate: PushGate,
    private readonly kinds: TargetKinds,
    private readonly pusher: TargetPusher,
    private readonly metrics: PushMetrics,
  ) {}

  /**
   * Plans what has changed, and pushes until nothing is due or the signal says stop.
   *
   * @returns in how many seconds there is more to do; null when nothing is known to come
   */
  async run(tenantId: string, signal: AbortSignal): Promise<number | null> {
    const { basis, settings } = await this.plan(tenantId, signal);
    const site = await this.sites.find(tenantId);
    if (!site) return null;
    await this.noticeMove(tenantId, site.baseUrl);
    const wait = await this.gate.secondsToWait(tenantId, site);
    if (wait !== null) return wait;
    const within: Within = (work) => this.transaction.run(tenantId, work);
    const calls = this.gate.callsOf(tenantId, site);
    await this.pushDue({ tenantId, basis: { ...basis, baseUrl: site.baseUrl }, settings, within, calls, signal });
    return this.secondsUntilDue(tenantId);
  }

  /** What is known of one Moodle is not true of another: ids there are somebody else's. */
  private async noticeMove(tenantId: string, baseUrl: string): Promise<void> {
    const hasMoved = await this.transaction.run(tenantId, async (db) => {
      const isOther = await this.tenants.pushTo(db, tenantId, baseUrl);
      if (isOther) await this.targets.forgetMoodle(db, tenantId);
      return isOther;
    });
    if (hasMoved) this.log.warn(`${tenantId} has another Moodle now; everything is looked up and pushed there anew`);
  }

  /** Null when nothing is to be planned or pushed. */
  secondsUntilDue(tenantId: string): Promise<number | null> {
    return this.transaction.run(tenantId, (db) => this.targets.nextDueIn(db, tenantId));
  }

  /** Everything, when it was planned by other settings before. */
  private async plan(
    tenantId: string,
    signal: AbortSignal,
    isFresh = false,
  ): Promise<{ basis: PlanBasis; settings: MoodleSettings }> {
    if (isFresh) this.profiles.forget(tenantId);
    const { profile, version } = await this.profiles.read(tenantId);
    const settings = settingsOf(profile, this.environment);
    const basis = { layout: settings.layout, profileVersion: version };
    const standing = await this.transaction.run(tenantId, async (db) => {
      const known = await this.tenants.planBy(db, tenantId, basis, isFresh);
      const entities = this.sources.all.map(({ entity }) => entity);
      if (known === 'new') await this.marks.addAll(db, tenantId, entities);
      return known;
    });
    // Another process knows of a profile that was not read here yet.
    if (standing === 'outdated' && !isFresh) return this.plan(tenantId, signal, true);
    await this.planner.plan(tenantId, basis, settings, signal);
    return { basis, settings };
  }

  /** Each kind until none of it is due, then from the first again, as long as anything was. */
  private async pushDue(round: Round): Promise<void> {
    for (let count = 1; count > 0;) {
      count = 0;
      for (const kind of this.kinds.inOrder) {
        for (let some = 1; some > 0 && !round.signal.aborted;) {
          some = await this.pushSome(round, kind);
          count += some;
        }
      }
    }
  }

  /** @returns how many targets of the kind were due; 0 also when Moodle is not to be called any longer */
  private async pushSome(round: Round, kind: TargetKind): Promise<number> {
    const { tenantId } = round;
    if (!this.gate.isOpen(tenantId)) return 0;
    const lease = randomUUID();
    const claimed = await this.transaction.run(tenantId, async (db) => {
      if (!(await this.tenants.isStill(db, tenantId, round.basis))) return [];
      return this.targets.claim(db, tenantId, kind.kind, lease, BATCH, kind.isSerial ?? false);
    });
    if (claimed.length === 0) return 0;
    await withFacts({ batch: lease }, () => this.pushClaimed(round, kind, claimed, lease));
    return claimed.length;
  }

  private async pushClaimed(
    round: Round,
    kind: TargetKind,
    claimed: readonly ClaimedTarget[],
    lease: string,
  ): Promise<void> {
    const { tenantId } = round;
    const renewing = setInterval(() => void this.renew(tenantId, lease, claimed), RENEW_EVERY_MS);
    try {
      const settled = await this.pusher.push(round, kind, claimed, lease);
      const requestIds = await this.transaction.run(tenantId, async (db) => {
        await this.settlements.settle(db, tenantId, lease, settled);
        return readRequestIds(db, tenantId, runsOf(claimed));
      });
      this.metrics.count(settled);
      this.account.tell(kind.kind, lease, settled, requestIds);
    } finally {
      clearInterval(renewing);
    }
  }

  private async renew(tenantId: string, lease: string, claimed: readonly ClaimedTarget[]): Promise<void> {
    try {
      await this.transaction.run(tenantId, (db) => this.targets.renew(db, tenantId, lease, claimed));
    } catch (error) {
      this.log.warn(`A lease could not be renewed: ${error instanceof Error ? error.name : typeof error}`);
    }
  }
}
