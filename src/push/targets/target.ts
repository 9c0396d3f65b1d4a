import type { Subject } from '../wanted/subject';

/** In the order in which they depend on each other. */
export const KINDS = [
  'category',
  'course',
  'user',
  'section',
  'group',
  'enrolment',
  'membership',
  'cohort',
  'cohort_membership',
  'grade',
] as const;
export type Kind = (typeof KINDS)[number];

/** Which thing in Moodle. */
export interface TargetKey {
  readonly kind: Kind;
  readonly subject: Subject;
  /** what it is in; empty for what stands alone */
  readonly place: string;
}

/** A target in a worker's hands. */
export interface ClaimedTarget extends TargetKey {
  readonly id: string;
  /** the changes up to which this worker pushes */
  readonly wanted: string;
  /** the run that has made the last of them; null where no run did */
  readonly runId: string | null;
  readonly attempts: number;
  readonly moodleId: number | null;
  readonly pushedDigest: string | null;
  readonly isActive: boolean;
  /** what Moodle has must be looked up */
  readonly isDoubtful: boolean;
  /** whether a call that was lost may still be carried out */
  readonly mayStillHappen: boolean;
  /** somebody has approved that it is suspended or hidden */
  readonly isApproved: boolean;
  readonly memo: unknown;
}

export const nameOf = ({ kind, subject, place }: TargetKey): string => `${kind} ${subject} ${place}`;

/** Waits for a parent to end, where all others wait for theirs to come. */
export const ENROLMENT_STAYS = 'enrolment_stays';

/** What became of a claimed target. */
export type Settlement =
  | {
      readonly outcome: 'pushed';
      readonly moodleId: number | null;
      readonly digest: string | null;
      readonly isActive: boolean;
      /** what stands in it was taken away with it, or may have been */
      readonly endsChildren?: boolean;
    }
  /** it is known now, and in use: whether that is to end is looked at once more */
  | { readonly outcome: 'adopted'; readonly moodleId: number }
  | {
      readonly outcome: 'waiting';
      readonly reason: string;
      readonly message: string;
      readonly awaits: readonly string[];
    }
  | {
      readonly outcome: 'retrying';
      readonly reason: string;
      readonly message: string;
      readonly afterSeconds: number;
      /** the call may have been carried out, or may be still */
      readonly mayHaveHappened: boolean;
      readonly memo?: unknown;
    }
  | { readonly outcome: 'held'; readonly reason: string; readonly message: string; readonly holdId: string }
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly message: string;
      readonly mayHaveHappened?: boolean;
    };

/** A call whose end was not seen may be carried out until then; only after that is anything created anew. */
export const DOUBT_SECONDS = 10;

/** In an update of `push_target AS target`: they are due at once, but those that somebody has said to ignore. */
export const WANTED_AGAIN = `state = CASE WHEN target.state = 'ignored' THEN target.state ELSE 'wanted' END,
         next_try_at = CASE WHEN target.state = 'ignored' THEN NULL ELSE clock_timestamp() END`;
