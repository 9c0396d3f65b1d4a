import type { RunResult } from '../sync/history/run-result';
import { type Status, STATUSES } from '../sync/outcome';
import type { Summary } from '../sync/sync-report';

/** A record that was neither stored nor waits for others. */
export type RejectedRecord = Omit<RunResult, 'deferred' | 'record'> & {
  /** its place in the file, counting from 1 */
  readonly record: number;
};

/** What became of the stored records that a full file lacks. */
export interface MissingCounts {
  readonly total: number;
  readonly deleted: number;
  /** why they were not deleted, though that was asked for */
  readonly refusal: string | null;
}

/** The same with the first of them. */
export interface MissingReport extends MissingCounts {
  readonly first: readonly string[];
}

/** What an import has come to, as it is answered when the file has ended. */
export interface ImportReport {
  readonly status: 'success';
  readonly tenant_id: string;
  /** null of a dry run, of which nothing is left */
  readonly import_id: string | null;
  /** as in the routes, such as `students` */
  readonly entity: string;
  readonly dry_run?: true;
  /** whether it went on with what another try had begun */
  readonly resumed: boolean;
  readonly summary: Summary;
  /** how many records that had waited were applied because of it */
  readonly released: number;
  readonly rejected: { readonly total: number; readonly first: readonly RejectedRecord[] };
  readonly missing?: MissingReport;
}

/** What is counted of an import. */
export interface Tally {
  readonly summary: Summary;
  readonly rejected: number;
  /** records without an id that can be read */
  readonly withoutId: number;
}

export const NO_RECORDS: Tally = {
  summary: Object.fromEntries([['total', 0], ...STATUSES.map((status) => [status, 0])]) as Summary,
  rejected: 0,
  withoutId: 0,
};

export const plus = (a: Tally, b: Tally): Tally => ({
  summary: Object.fromEntries(
    Object.entries(a.summary).map(([name, count]) => [name, count + b.summary[name as Status | 'total']]),
  ) as Summary,
  rejected: a.rejected + b.rejected,
  withoutId: a.withoutId + b.withoutId,
});

const REJECTED: ReadonlySet<Status> = new Set(['INVALID', 'ERROR', 'STALE']);

/** Statuses of records that an import has not applied, of which its runs tell one by one. */
export const NOT_APPLIED: ReadonlySet<Status> = new Set([...REJECTED, 'SKIPPED']);

/** Whether the record is to be mended and sent again, rather than waited for. */
export const isRejected = ({ status, deferred }: RunResult): boolean =>
  REJECTED.has(status) || (status === 'SKIPPED' && !deferred);

export const toRejected = ({ deferred: _deferred, record = 0, ...rest }: RunResult): RejectedRecord => ({
  record,
  ...rest,
});
