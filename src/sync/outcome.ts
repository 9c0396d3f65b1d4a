import type { Changes } from './diff';
import type { RecordIssue } from './record';

/** What can become of a record, in the order of the report's summary. */
export const STATUSES = ['NEW', 'UPDATED', 'UNCHANGED', 'INVALID', 'SKIPPED', 'STALE', 'DELETED', 'ERROR'] as const;
export type Status = (typeof STATUSES)[number];

/** A record that another one names, and that is not stored. */
export interface Missing {
  readonly field: string;
  readonly zoho_id: string;
  /** `student_not_synced_yet`, `student_deleted` and the like */
  readonly reason: string;
}

/** What became of one record. */
export interface Outcome {
  readonly status: Status;
  readonly message: string;
  readonly changes?: Changes;
  /** of a SKIPPED record, the first of `missing` */
  readonly reason?: string;
  readonly missing?: readonly Missing[];
  /** whether the record is kept, to be applied by itself */
  readonly deferred?: boolean;
  readonly errors?: readonly RecordIssue[];
  readonly warnings?: readonly RecordIssue[];
}

export const withWarnings = (warnings: readonly RecordIssue[]): { warnings?: readonly RecordIssue[] } =>
  warnings.length > 0 ? { warnings } : {};

/** Outcomes after which the row is what the record says. */
export const IS_STORED: ReadonlySet<Status> = new Set(['NEW', 'UPDATED', 'UNCHANGED']);
