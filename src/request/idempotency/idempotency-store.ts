import type { Witness } from '../../sync/witness';

/** Where a key counts: within its tenant and route. */
export interface StoreKey {
  readonly tenantId: string;
  readonly route: string;
  readonly key: string;
}

/** An answer that may be given again. */
export interface KeptAnswer {
  /** as it was sent, byte for byte */
  readonly body: string;
  readonly witness: Witness;
}

export type Claimed =
  | { readonly state: 'ours' }
  | { readonly state: 'in-progress'; readonly bodyHash: string }
  | { readonly state: 'answered'; readonly bodyHash: string; readonly owner: string; readonly answer: KeptAnswer };

/** A request's hold on a key: `owner` is a name that no other request has. */
export interface Claim {
  readonly at: StoreKey;
  readonly owner: string;
  /** SHA-256 of the body, in hexadecimal */
  readonly bodyHash: string;
}

/**
 * Remembers which requests are in progress and what was answered. Times are kept by the store's own clock, so that
 * processes whose clocks differ agree. Any method may reject when the store is out of reach.
 */
export interface IdempotencyStore {
  /** It is the database: a request that goes on without it comes to nothing. */
  readonly isDatabase: boolean;
  /**
   * Takes the key for `leaseMs` unless another request has it, or tells what is known of it. Who asks again, since the answer
   * was lost, has it still.
   *
   * @param stale the owner of an answer that is no longer true, and may be replaced
   */
  claim(claim: Claim, leaseMs: number, stale?: string): Promise<Claimed>;
  /** Holds the key for another `leaseMs`; does nothing when it is answered, or no longer this owner's. */
  renew(claim: Claim, leaseMs: number): Promise<void>;
  /** Keeps the answer; does nothing when the key is no longer this owner's. */
  keep(claim: Claim, answer: KeptAnswer, seconds: number): Promise<void>;
  /**
   * Frees the key, if it is still this owner's. An answer stays: it may have been kept though its owner never learned
   * of it, and given to somebody since.
   */
  release(claim: Claim): Promise<void>;
}

export const IDEMPOTENCY_STORE = Symbol('IDEMPOTENCY_STORE');
