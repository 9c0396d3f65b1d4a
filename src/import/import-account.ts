import type { ImportListener } from './import-order';
import { isRejected, NO_RECORDS, plus, type RejectedRecord, toRejected } from './import-report';
import type { AppliedPortion } from './portion-applier';
import type { Portion } from './reading/portions';

/** So many rejected records are in the report; all of them are told one by one as they come. */
const MOST_REPORTED = 1_000;

/** Keeps count of what has become of a file's records, in their order, and tells whoever listens. */
export class Account {
  tally = NO_RECORDS;
  /** the first records that were rejected */
  readonly first: RejectedRecord[] = [];
  private skipped = 0;

  constructor(private readonly listener: ImportListener) {}

  async add({ records }: Portion, { tally, results }: AppliedPortion): Promise<void> {
    this.tally = plus(this.tally, tally);
    const rejected = results.filter(isRejected).map(toRejected);
    this.first.push(...rejected.slice(0, MOST_REPORTED - this.first.length));
    if (rejected.length > 0) {
      const sources = new Map(records.map(({ number, source }) => [number, source]));
      await this.listener.rejected?.(rejected.map((each) => ({ ...each, source: sources.get(each.record) ?? '' })));
    }
    this.listener.progress?.({
      records: this.tally.summary.total,
      skipped: this.skipped,
      rejected: this.tally.rejected,
    });
  }

  /** The same of a portion that an earlier try has done. */
  async recall(portion: Portion, done: AppliedPortion): Promise<void> {
    this.skipped += portion.records.length;
    await this.add(portion, done);
  }
}
