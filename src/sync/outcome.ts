import type { Change } from './diff';
import type { RecordIssue } from './record';

/** What can become of a record, in the order of the report's summary. */
export const STATUSES = ['NEW', 'UPDATED', 'UNCHANGED', 'INVALID', 'SKIPPED', 'STALE', 'DELETED', 'ERROR'] as const;
export type Status = (typeof STATUSES)[number];

/** What became of one record. */
export interface Outcome {
  readonly status: Status;
  readonly message: string;
  readonly changes?: Record<string, Change>;
  readonly errors?: readonly RecordIssue[];
  readonly warnings?: readonly RecordIssue[];
}
