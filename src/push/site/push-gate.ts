import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import { Environment } from '../../config/environment';
import { TenantTransaction } from '../../database/tenant-transaction';
import { getSiteInfo } from '../../moodle/functions/site';
import { MoodleClient } from '../../moodle/moodle-client';
import { MoodleError } from '../../moodle/moodle-error';
import type { MoodleSite } from '../../moodle/moodle-site';
import { handedBack } from './handed-back';
import { MoodleCalls } from './moodle-calls';
import { readsAllVariables, TRUNCATES } from './site-probe';
import { TenantPushRepository } from './tenant-push.repository';

const FAILURES_BEFORE_BREAK = 5;
const BREAK_MS = 10_000;
const BREAK_SECONDS = 10;
/** So long a site counts as failing that has not been called again: another process may have found it well. */
const FAILING_MS = 1_800_000;
const PAUSE_SECONDS = 60;
const PROVEN_MS = 3_600_000;

/** Whether a tenant's site is to be called at all, and how fast. */
@Injectable()
export class PushGate implements OnModuleDestroy {
  private readonly log = new Logger(PushGate.name);
  /** tenants whose site has refused us in the round that is under way */
  private readonly closed = new Set<string>();
  private readonly breakers = new Map<string, CircuitBreakerPolicy>();
  /** when each breaker broke last, until a call goes well; by the process's own clock, in milliseconds */
  private readonly brokenAt = new Map<string, number>();
  private readonly pace: RateLimiterQueue;
  /** until when sites, by their address, are taken to read all that is sent; by the process's own clock */
  private readonly provenUntil = new Map<string, number>();
  private isStopping = false;

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly tenants: TenantPushRepository,
    private readonly client: MoodleClient,
    { MOODLE_CALLS_PER_SECOND: calls }: Environment,
  ) {
    // One by one: of so many a second, twice as many could fall into a second that begins in the middle of another.
    this.pace = new RateLimiterQueue(new RateLimiterMemory({ points: 1, duration: 1 / calls }));
  }

  /** The process is to end: the call under way is the last one, and what is not sent yet is left to other workers. */
  onModuleDestroy(): void {
    this.isStopping = true;
  }

  /** All calls of the tenant's site, those that are one after the other in a round and those of other rounds. */
  callsOf(tenantId: string, site: MoodleSite): MoodleCalls {
    const breaker = this.breakerOf(tenantId);
    return new MoodleCalls(async (fn, parameters, items) => {
      await this.pace.removeTokens(1, `tenant ${tenantId}`);
      if (this.isStopping) throw handedBack();
      try {
        return await breaker.execute(() => this.client.call(site, fn, parameters, items));
      } catch (error) {
        if (error instanceof MoodleError && error.fault === 'site') await this.close(tenantId, error);
        throw error;
      }
    });
  }

  /** After some failures in a row it lets none through for a moment. */
  private breakerOf(tenantId: string): CircuitBreakerPolicy {
    let breaker = this.breakers.get(tenantId);
    if (!breaker) {
      breaker = circuitBreaker(handleWhen(isFailure), {
        halfOpenAfter: BREAK_MS,
        breaker: new ConsecutiveBreaker(FAILURES_BEFORE_BREAK),
      });
      // Once it is broken, only a call finds out that the time is over: so calls must come again by then.
      breaker.onBreak(() => this.brokenAt.set(tenantId, performance.now()));
      breaker.onReset(() => this.brokenAt.delete(tenantId));
      this.breakers.set(tenantId, breaker);
    }
    return breaker;
  }

  isBroken(tenantId: string): boolean {
    return performance.now() < (this.brokenAt.get(tenantId) ?? -Infinity) + BREAK_MS;
  }

  countBroken(): number {
    return [...this.brokenAt.keys()].filter((tenantId) => this.isBroken(tenantId)).length;
  }

  /** Sites that have failed in a row and have not taken a call since. */
  countFailing(): number {
    const since = performance.now() - FAILING_MS;
    return [...this.brokenAt.values()].filter((at) => at > since).length;
  }

  /** Whether calls go through at this moment. */
  isOpen(tenantId: string): boolean {
    return !this.isStopping && !this.isBroken(tenantId) && !this.closed.has(tenantId);
  }

  /** @returns null when the site may be called; else after how many seconds to ask again */
  async secondsToWait(tenantId: string, site: MoodleSite): Promise<number | null> {
    if (this.isBroken(tenantId)) return BREAK_SECONDS;
    this.closed.delete(tenantId);
    const pause = await this.transaction.run(tenantId, (db) => this.tenants.findPause(db, tenantId));
    if (!pause) return (await this.examine(tenantId, site)) === 'refused' ? PAUSE_SECONDS : null;
    if (!pause.isCheckDue) return PAUSE_SECONDS;
    await this.transaction.run(tenantId, (db) => this.tenants.checkLater(db, tenantId));
    this.provenUntil.delete(site.baseUrl);
    if ((await this.examine(tenantId, site)) !== 'fine') return PAUSE_SECONDS;
    const left = await this.transaction.run(tenantId, async (db) => {
      await this.tenants.resume(db, tenantId, 'site');
      return this.tenants.findPause(db, tenantId);
    });
    if (left) return PAUSE_SECONDS;
    this.log.log(`Moodle of ${tenantId} takes calls again`);
    return null;
  }

  /** After a fault of the site nothing more is sent until a check passes; it is told once. */
  private async close(tenantId: string, { errorcode, message }: MoodleError): Promise<void> {
    this.closed.add(tenantId);
    const isNew = await this.transaction.run(tenantId, (db) =>
      this.tenants.pause(db, tenantId, 'site', errorcode, message),
    );
    if (isNew)
      this.log.error(`Nothing is pushed for ${tenantId} until Moodle takes calls again (${errorcode}): ${message}`);
  }

  /** Looks now and then whether the site reads all that it is sent: what it would drop in silence is not sent. */
  private async examine(tenantId: string, site: MoodleSite): Promise<'fine' | 'failing' | 'refused'> {
    if (performance.now() < (this.provenUntil.get(site.baseUrl) ?? 0)) return 'fine';
    const calls = this.callsOf(tenantId, site);
    try {
      const { userid } = await calls.call(getSiteInfo, {});
      if (!(await readsAllVariables((fn, parameters, items) => calls.call(fn, parameters, items), userid))) {
        await this.close(tenantId, new MoodleError('site', 'max_input_vars', TRUNCATES));
        return 'refused';
      }
      this.provenUntil.set(site.baseUrl, performance.now() + PROVEN_MS);
      return 'fine';
    } catch (error) {
      if (error instanceof BrokenCircuitError) return 'failing';
      if (!(error instanceof MoodleError)) throw error;
      return error.fault === 'site' ? 'refused' : 'failing';
    }
  }
}

const isFailure = (error: unknown): boolean => error instanceof MoodleError && error.fault === 'transient';
