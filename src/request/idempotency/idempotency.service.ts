import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { Environment } from '../../config/environment';
import { isUnavailable } from '../../database/database-errors';
import type { SyncAnswer } from '../../sync/sync-answer';
import { WitnessReader } from '../../sync/witness';
import { Problem } from '../problem';
import { IdempotencyMetrics } from './idempotency-metrics';
import {
  type Claim,
  type Claimed,
  IDEMPOTENCY_STORE,
  type IdempotencyStore,
  type KeptAnswer,
  type StoreKey,
} from './idempotency-store';

/** A process that dies between claim and answer blocks its key for this long. */
const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
const RELEASE_EVERY_MS = 1_000;
/** A repeat waits this long for the first to end. */
const PATIENCE_MS = 5_000;
const FIRST_LOOK_MS = 20;
const SLOWEST_LOOK_MS = 250;
/** An explicit key is a caller's own promise, kept for longer than one made of the body. */
const EXPLICIT_SECONDS = 24 * 3_600;

/** A request under its key. */
export interface KeyedRequest {
  readonly at: StoreKey;
  /** the caller named the key, rather than the body */
  readonly isExplicit: boolean;
  /** SHA-256 of the body, in hexadecimal */
  readonly bodyHash: string;
}

/** An answer's body, and whether it was given before. */
export interface OnceAnswered {
  readonly body: string;
  readonly isReplay: boolean;
}

/**
 * Does the work of identical requests once. It saves work and answers alike; it is not what keeps records from being
 * doubled, so a store that fails costs nothing but that: the work is then done without it. Where the store is the database, the
 * request fails with it: whatever is acknowledged can be given again.
 */
@Injectable()
export class IdempotencyService {
  private readonly log = new Logger(IdempotencyService.name);

  constructor(
    @Inject(IDEMPOTENCY_STORE) private readonly store: IdempotencyStore,
    private readonly witnesses: WitnessReader,
    private readonly environment: Environment,
    private readonly metrics: IdempotencyMetrics,
  ) {}

  /** @throws Problem when the key was used with another body, or its first request takes too long */
  async once(request: KeyedRequest, work: () => Promise<SyncAnswer>): Promise<OnceAnswered> {
    const claim: Claim = { at: request.at, bodyHash: request.bodyHash, owner: uuidv7() };
    const patience = Date.now() + PATIENCE_MS;
    let stale: string | undefined;
    for (let look = FIRST_LOOK_MS; ; look = Math.min(look * 2, SLOWEST_LOOK_MS)) {
      const claimed = await this.claim(claim, stale);
      if (claimed === 'no store') return this.workUnclaimed(claim, work);
      if (claimed.state === 'ours') {
        this.metrics.count(stale === undefined ? 'processed' : 'refreshed');
        return this.workClaimed(claim, request, work);
      }
      if (claimed.bodyHash !== request.bodyHash) return this.meetOtherBody(request, work);
      if (claimed.state === 'answered') {
        if (request.isExplicit || (await this.witnesses.isStillTrue(request.at.tenantId, claimed.answer.witness))) {
          this.metrics.count('replayed');
          return { body: claimed.answer.body, isReplay: true };
        }
        stale = claimed.owner;
        continue;
      }
      if (Date.now() > patience) this.giveUp();
      await pause(look);
    }
  }

  private giveUp(): never {
    this.metrics.count('in_progress');
    throw new Problem('IDEMPOTENCY_IN_PROGRESS', 'A request with this key is still in progress. Send it again later');
  }

  private async claim(claim: Claim, stale: string | undefined): Promise<Claimed | 'no store'> {
    try {
      return await this.store.claim(claim, LEASE_MS, stale);
    } catch (error) {
      if (this.isOfDatabase(error)) {
        // It may have been taken all the same.
        void this.releaseLater(() => this.store.release(claim));
        throw error;
      }
      this.complain('claim', error);
      return 'no store';
    }
  }

  /** Two bodies with the same MD5 are two requests; a key of the caller's own must not name two. */
  private async meetOtherBody({ isExplicit }: KeyedRequest, work: () => Promise<SyncAnswer>): Promise<OnceAnswered> {
    if (isExplicit) {
      this.metrics.count('key_reused');
      throw new Problem(
        'IDEMPOTENCY_KEY_REUSED',
        'This idempotency key was used with another body. Use a new key for each request',
      );
    }
    this.metrics.count('processed');
    return { body: JSON.stringify((await work()).report), isReplay: false };
  }

  /** The claim may have reached the store though its answer did not, so it is given up afterwards. */
  private async workUnclaimed(claim: Claim, work: () => Promise<SyncAnswer>): Promise<OnceAnswered> {
    this.metrics.count('without_store');
    try {
      return { body: JSON.stringify((await work()).report), isReplay: false };
    } finally {
      await this.attempt('release', () => this.store.release(claim));
    }
  }

  private async workClaimed(
    claim: Claim,
    { isExplicit }: KeyedRequest,
    work: () => Promise<SyncAnswer>,
  ): Promise<OnceAnswered> {
    const renewal = setInterval(
      () => void this.attempt('renew', () => this.store.renew(claim, LEASE_MS)),
      RENEW_EVERY_MS,
    );
    let isKept = false;
    try {
      const { report, witness, isFinal } = await work();
      const body = JSON.stringify(report);
      const seconds = isExplicit ? EXPLICIT_SECONDS : this.environment.IDEMPOTENCY_TTL_SECONDS;
      if (isFinal) isKept = await this.keep(claim, { body, witness }, seconds);
      return { body, isReplay: false };
    } finally {
      clearInterval(renewal);
      // A store that is full may take no answer, and yet must not leave the others waiting for one.
      if (!isKept) await this.release(claim);
    }
  }

  /** @throws when the database is away: what is not kept is not acknowledged either */
  private keep(claim: Claim, answer: KeptAnswer, seconds: number): Promise<boolean> {
    return this.attempt('keep', () => this.store.keep(claim, answer, seconds), this.store.isDatabase);
  }

  /** Where the database is away, the key is given up as soon as it is back: whoever sends again is not to wait for the lease. */
  private async release(claim: Claim): Promise<void> {
    const act = (): Promise<void> => this.store.release(claim);
    if ((await this.attempt('release', act)) || !this.store.isDatabase) return;
    void this.releaseLater(act);
  }

  private async releaseLater(act: () => Promise<void>): Promise<void> {
    for (const until = performance.now() + LEASE_MS; performance.now() < until;) {
      await pause(RELEASE_EVERY_MS, undefined, { ref: false });
      try {
        return await act();
      } catch (error) {
        if (!isUnavailable(error)) return;
      }
    }
  }

  private isOfDatabase(error: unknown): boolean {
    return this.store.isDatabase && isUnavailable(error);
  }

  private async attempt(what: string, act: () => Promise<void>, needsDatabase = false): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (needsDatabase && isUnavailable(error)) throw error;
      this.complain(what, error);
      return false;
    }
  }

  private complain(what: string, error: unknown): void {
    const { name, code } = error as { name?: string; code?: string };
    this.log.warn(`The idempotency store failed to ${what} (${code ?? name}); the request is processed without it`);
  }
}
