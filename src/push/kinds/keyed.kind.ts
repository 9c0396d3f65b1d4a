import { MoodleError } from '../../moodle/moodle-error';
import type { ItemResults, MoodleCalls } from '../site/moodle-calls';
import type { Scope } from '../wanted/push-source';
import type { ClaimedTarget, Kind, Settlement } from '../targets/target';
import { conflict, inDoubt, pushedOr } from './outcomes';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

/** Something that Moodle has, by its id. */
export interface Existing<K> {
  readonly work: K;
  readonly id: number;
}

const TAKEN =
  'Another record has the same short name or name, and Moodle’s one is that record’s now. Change one in Zoho';

/** Things with a key of their own: what is not known, or in doubt, is looked up before it is made or changed. */
export abstract class KeyedKind<W, K extends Work<W> = Work<W>> implements TargetKind<W, K> {
  abstract readonly kind: Kind;
  abstract readonly functions: readonly { readonly name: string }[];

  abstract prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<W, K>[]>;

  /** @returns its id; null when Moodle has no such thing; what is to become of it when it is not to be touched */
  protected abstract lookUp(calls: MoodleCalls, work: K): Promise<number | Settlement | null>;

  protected abstract create(calls: MoodleCalls, works: readonly K[]): Promise<ItemResults<K, number>>;

  protected abstract update(
    calls: MoodleCalls,
    works: readonly Existing<K>[],
  ): Promise<ItemResults<Existing<K>, number>>;

  async push(calls: MoodleCalls, works: readonly K[], results: Map<ClaimedTarget, Pushed>): Promise<void> {
    const creates: K[] = [];
    const updates: Existing<K>[] = [];
    const matched = new Set<number>();
    for (const work of works) {
      const { target } = work;
      const isKnown = target.moodleId !== null && !target.isDoubtful;
      const found = isKnown ? target.moodleId : await this.lookUp(calls, work);
      if (typeof found === 'number' && matched.has(found)) results.set(target, conflict(TAKEN));
      else if (typeof found === 'number') updates.push({ work, id: found });
      else if (found !== null) results.set(target, found);
      else if (target.mayStillHappen) results.set(target, inDoubt());
      else creates.push(work);
      if (typeof found === 'number') matched.add(found);
    }
    for (const [{ target }, id] of await this.create(calls, creates)) results.set(target, pushedOr(target, id));
    for (const [{ work }, id] of await this.updateAll(calls, updates))
      results.set(work.target, pushedOr(work.target, id));
  }

  /** A name that another of them has given up meanwhile is free now. */
  private async updateAll(
    calls: MoodleCalls,
    works: readonly Existing<K>[],
  ): Promise<ItemResults<Existing<K>, number>> {
    const results = await this.update(calls, works);
    const again = works.filter((one) => isTaken(results.get(one)));
    if (again.length < works.length) for (const [one, id] of await this.update(calls, again)) results.set(one, id);
    return results;
  }
}

const TAKEN_CODES = new Set(['shortnametaken', 'courseidnumbertaken', 'categoryidnumbertaken']);
const isTaken = (result: unknown): boolean => result instanceof MoodleError && TAKEN_CODES.has(result.errorcode);
