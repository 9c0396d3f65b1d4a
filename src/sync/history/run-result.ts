import type { Missing, Outcome, Status } from '../outcome';
import type { ParsedRecord, RecordIssue } from '../record';

/** What a run keeps of one record: what changed stands in the record's history. */
export interface RunResult {
  readonly zoho_id: string | null;
  readonly status: Status;
  readonly message: string;
  readonly errors?: readonly RecordIssue[];
  readonly missing?: readonly Missing[];
  /** of an import: which record of the file it was, counting from 1 */
  readonly record?: number;
  /** of an import: whether the record is kept, to be applied by itself */
  readonly deferred?: boolean;
}

/** Every record but those that were UNCHANGED, in the order in which they came. */
export function runResults(records: readonly ParsedRecord[], outcomes: ReadonlyMap<number, Outcome>): RunResult[] {
  return records.flatMap(({ zohoId }, place) => {
    const outcome = outcomes.get(place);
    if (!outcome || outcome.status === 'UNCHANGED') return [];
    const { status, message, errors, missing } = outcome;
    return [{ zoho_id: zohoId, status, message, ...(errors && { errors }), ...(missing && { missing }) }];
  });
}
