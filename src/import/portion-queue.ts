import type { TenantDb } from '../database/tenant-db';
import type { Run } from '../sync/run';
import { uniqueValuesIn } from '../sync/record-group';
import type { SyncedParts } from '../sync/synced-parts';
import { NO_RECORDS, plus, type Tally } from './import-report';
import type { AppliedPortion, CommittedPortion, ParsedPortion, PortionApplier } from './portion-applier';

/** What is done in a portion's transaction when its turn has come. @param all what the import comes to with it */
export type SealPortion = (
  db: TenantDb,
  step: { readonly portion: ParsedPortion['portion']; readonly run: Run },
  applied: AppliedPortion,
  all: Tally,
  zohoIds: readonly string[],
) => Promise<void>;

interface UnderWay {
  /** ids and unique values of its records */
  readonly concerns: ReadonlySet<string>;
  readonly committed: Promise<CommittedPortion>;
  readonly done: Promise<CommittedPortion>;
}

/**
 * Applies portions two at a time, and commits them in their order. Where both have records of one id, or of one e-mail
 * address, the second does not begin before the first is committed.
 */
export class PortionQueue {
  /** what is committed */
  tally: Tally = NO_RECORDS;
  private last: UnderWay | null = null;

  constructor(
    private readonly applier: PortionApplier,
    private readonly parts: SyncedParts,
    private readonly dryRun: boolean,
    private readonly seal: SealPortion,
  ) {}

  /** Begins with a portion. It is under way when the one before the last is done. @returns when this one is done */
  add(step: ParsedPortion, run: Run): Promise<AppliedPortion> {
    const before = this.last;
    const concerns = this.concernsOf(step);
    const turn = before?.committed ?? Promise.resolve();
    const isApart = !before || concerns.isDisjointFrom(before.concerns);
    const committed = isApart ? this.apply(step, run, turn) : turn.then(() => this.apply(step, run, turn));
    const done = committed.then(async (portion) => {
      if (!this.dryRun) await this.applier.release(this.parts, run, portion);
      return portion;
    });
    // What fails is told to whoever waits for it; until then it may be nobody.
    for (const promise of [committed, done]) promise.catch(() => undefined);
    this.last = { concerns, committed, done };
    return done;
  }

  private concernsOf({ records, mapping }: ParsedPortion): Set<string> {
    const definition = mapping.definitionOf(this.parts.definition);
    const concerns = new Set<string>();
    for (const record of records) {
      if (record.zohoId !== null) concerns.add(`id ${record.zohoId}`);
      for (const value of uniqueValuesIn(definition, record)) concerns.add(`value ${value}`);
    }
    return concerns;
  }

  /** Until nothing is under way, whatever has become of it. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.last?.committed, this.last?.done]);
  }

  private async apply(step: ParsedPortion, run: Run, turn: Promise<unknown>): Promise<CommittedPortion> {
    let all = this.tally;
    const applied = await this.applier.apply(this.parts, run, step, {
      turn,
      dryRun: this.dryRun,
      seal: (db, portion, zohoIds) => {
        all = plus(this.tally, portion.tally);
        return this.seal(db, { portion: step.portion, run }, portion, all, zohoIds);
      },
    });
    this.tally = all;
    return applied;
  }
}
