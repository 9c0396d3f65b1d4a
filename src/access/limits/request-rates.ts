import { Injectable } from '@nestjs/common';
import { RateLimiterRedis, RateLimiterRes, type RateLimiterStoreAbstract } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { Gathered } from '../../database/gathered';
import { Environment } from '../../config/environment';
import { Problem } from '../../request/problem';
import { RedisConnection } from '../../redis/redis-connection';
import type { Principal } from '../principal';
import { PostgresRateLimiter } from './postgres-rate-limiter';

const WINDOW_SECONDS = 60;
/**
 * A process asks for a hundredth of a minute's requests at a time, and lets so many through before it asks again: a
 * statement for each request cost a tenth of a small one. What it has not used when the minute ends is lost.
 */
const SHARE = 100;
const MOST_LIMITERS = 1_000;
const PREFIX = 'zoho-moodle-sync:rate';

/** Requests that may be let through without asking again. */
interface Allowance {
  left: number;
  /** by `performance.now()` */
  readonly until: number;
}

/**
 * Counts requests, for all processes together: in Redis when it is there, in PostgreSQL otherwise and while Redis is away.
 * Never more than the limit are let through, whatever the number of processes.
 */
@Injectable()
export class RequestRates {
  /** by how many requests a minute they let through */
  private readonly limiters = new Map<number, RateLimiterStoreAbstract>();
  /** by whose they are, and of how many */
  private readonly allowances = new Map<string, Allowance>();
  /** each answers for how many milliseconds it is refused, or null */
  private readonly counted = new Gathered<string, number | null>(
    (requests, lane) => this.countAll(requests, lane),
    () => [],
    { keys: 1, rounds: 1 },
  );

  constructor(
    private readonly environment: Environment,
    private readonly dataSource: DataSource,
    private readonly redis: RedisConnection,
  ) {}

  /**
   * A request that is about a tenant, which is one statement unless its key has a limit of its own.
   *
   * @param ofTenant requests a minute; null: the service's standard
   * @throws Problem when one more is too many
   */
  async count(tenantId: string, ofTenant: number | null, { keyId, requestsPerMinute }: Principal): Promise<void> {
    await this.consume(`tenant:${tenantId}`, ofTenant ?? this.environment.REQUESTS_PER_MINUTE);
    if (keyId !== null && requestsPerMinute !== null) await this.consume(`key:${keyId}`, requestsPerMinute);
  }

  /** A request that is about the service as a whole. @throws Problem when one more is too many */
  async countOfService({ keyId, requestsPerMinute }: Principal): Promise<void> {
    await this.consume(`key:${keyId ?? 'none'}`, requestsPerMinute ?? this.environment.REQUESTS_PER_MINUTE);
  }

  private async consume(whose: string, points: number): Promise<void> {
    if (points === 0) return;
    const lane = `${points} ${whose}`;
    const refusedForMs = this.takeAllowed(lane, 1) === 1 ? null : await this.counted.do(lane, whose);
    if (refusedForMs === null) return;
    const seconds = Math.max(1, Math.ceil(refusedForMs / 1_000));
    const [kind = ''] = whose.split(':');
    throw new Problem('RATE_EXCEEDED', `The ${kind} may make ${points} requests a minute`, {
      retryAfterSeconds: seconds,
    });
  }

  /** @returns how many of the wanted ones are let through without asking */
  private takeAllowed(lane: string, wanted: number): number {
    const allowance = this.allowances.get(lane);
    if (!allowance) return 0;
    const taken = performance.now() < allowance.until ? Math.min(wanted, allowance.left) : 0;
    allowance.left -= taken;
    if (taken < wanted) this.allowances.delete(lane);
    return taken;
  }

  /** Counts requests that came at the same time in one go: of those that are too many, the last are refused. */
  private async countAll(requests: readonly string[], lane: string): Promise<(number | null)[]> {
    const [whose = ''] = requests;
    const points = Number.parseInt(lane, 10);
    const allowed = this.takeAllowed(lane, requests.length);
    if (allowed === requests.length) return requests.map(() => null);
    const asked = Math.max(requests.length - allowed, Math.floor(points / SHARE));
    const { granted, msBeforeNext } = await this.ask(whose, points, asked);
    const fitting = allowed + granted;
    if (fitting > requests.length) this.allow(lane, fitting - requests.length, msBeforeNext);
    return requests.map((_one, at) => (at < fitting ? null : msBeforeNext));
  }

  private async ask(
    whose: string,
    points: number,
    asked: number,
  ): Promise<{ readonly granted: number; readonly msBeforeNext: number }> {
    try {
      // A limit that is changed counts anew: of the former one many more may have been asked for than were used.
      const { msBeforeNext } = await this.limiterOf(points).consume(`${whose}:${points}`, asked);
      return { granted: asked, msBeforeNext };
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const { consumedPoints, msBeforeNext } = error;
      // Refused from memory, nothing has been counted.
      return { granted: consumedPoints > points ? Math.max(0, asked - (consumedPoints - points)) : 0, msBeforeNext };
    }
  }

  private allow(lane: string, left: number, forMs: number): void {
    if (this.allowances.size >= MOST_LIMITERS) this.allowances.clear();
    this.allowances.set(lane, { left, until: performance.now() + forMs });
  }

  private limiterOf(points: number): RateLimiterStoreAbstract {
    let limiter = this.limiters.get(points);
    if (limiter) return limiter;
    if (this.limiters.size >= MOST_LIMITERS) this.limiters.clear();
    limiter = this.make(points, this.limiters.size === 0);
    this.limiters.set(points, limiter);
    return limiter;
  }

  /** @param tidiesUp whether it removes what has ended from the table, for all of them */
  private make(points: number, tidiesUp: boolean): RateLimiterStoreAbstract {
    // Past this, requests are refused from memory until the minute is over: a flood must not reach the store.
    const options = { points, duration: WINDOW_SECONDS, keyPrefix: PREFIX, inMemoryBlockOnConsumed: points + 1 };
    const inPostgres = new PostgresRateLimiter(this.dataSource, { ...options, clearExpiredByTimeout: tidiesUp });
    const { client } = this.redis;
    if (!client) return inPostgres;
    return new RateLimiterRedis({
      ...options,
      storeClient: client,
      rejectIfRedisNotReady: true,
      insuranceLimiter: inPostgres,
    });
  }
}
