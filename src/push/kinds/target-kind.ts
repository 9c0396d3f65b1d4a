import type { MoodleCalls } from '../site/moodle-calls';
import type { Scope } from '../wanted/push-source';
import type { ClaimedTarget, Kind, Settlement } from '../targets/target';

/** What a target is to be in Moodle. */
export interface Work<W = unknown> {
  readonly target: ClaimedTarget;
  readonly wanted: W;
  /** in use, and neither suspended nor hidden */
  readonly isActive: boolean;
}

/** What is to be done with a claimed target, or at once what becomes of it. */
export type Prepared<W = unknown, K extends Work<W> = Work<W>> =
  { readonly target: ClaimedTarget; readonly settlement: Settlement } | (K & { readonly settlement?: undefined });

/** What became of a target that was to be pushed. */
export type Pushed = { readonly moodleId: number | null; readonly endsChildren?: boolean } | Settlement;

/**
 * One kind of thing in Moodle: how it is made of our rows, and with which calls. What its works hold beside what is
 * wanted helps to find it, and is no reason to push it again.
 */
export interface TargetKind<W = unknown, K extends Work<W> = Work<W>> {
  readonly kind: Kind;
  /** things without a key of their own: one worker at a time looks after them */
  readonly isSerial?: boolean;
  /** all that it calls, so that it can be looked whether the token may */
  readonly functions: readonly { readonly name: string }[];
  /** reads rows and parents; a constant number of statements */
  prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<W, K>[]>;
  /**
   * Brings Moodle to it, and puts down what became of each target. What it throws is the result of all that have none.
   *
   * @param remember keeps what has to be known after a crash, before a call that cannot be looked up
   */
  push(calls: MoodleCalls, works: readonly K[], results: Map<ClaimedTarget, Pushed>, remember: Remember): Promise<void>;
}

/** @throws when the target is no longer this worker's */
export type Remember = (target: ClaimedTarget, memo: unknown) => Promise<void>;
