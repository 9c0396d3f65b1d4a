import { Injectable } from '@nestjs/common';
import {
  createCohorts,
  type MoodleCohort,
  searchCohorts,
  type SiteCohort,
  updateCohorts,
} from '../../moodle/functions/cohorts';
import type { ItemResults, MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope } from '../wanted/push-source';
import { idIn } from '../wanted/subject';
import { shorten } from '../wanted/plain-text';
import type { ClaimedTarget, Settlement } from '../targets/target';
import { type Existing, KeyedKind } from './keyed.kind';
import { asItIs, conflict } from './outcomes';
import type { Prepared, Work } from './target-kind';

type CohortWork = Work<SiteCohort>;

const LONGEST_NAME = 254;

/** A program as a cohort of those who are registered in it. A cohort is never deleted, nor hidden. */
@Injectable()
export class CohortKind extends KeyedKind<SiteCohort> {
  readonly kind = 'cohort';
  readonly functions = [searchCohorts, createCohorts, updateCohorts];

  constructor(private readonly rows: PushRows) {
    super();
  }

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<SiteCohort>[]> {
    const places = await this.rows.readPlaces(
      scope,
      targets.map(({ subject }) => subject),
    );
    return targets.map((target): Prepared<SiteCohort> => {
      const place = places.get(target.subject);
      if (!place || place.standing === 'pending' || !scope.settings.cohorts)
        return { target, settlement: asItIs(target) };
      const name = shorten(place.name, LONGEST_NAME);
      const wanted: SiteCohort = { categorytype: { type: 'system', value: '' }, name, idnumber: idIn(target.subject) };
      return { target, wanted, isActive: true };
    });
  }

  /** By the ID number, which is one for the whole site; else by the name, if nobody nor any category has claimed it. */
  protected async lookUp(calls: MoodleCalls, { wanted }: CohortWork): Promise<number | Settlement | null> {
    const isSame = ({ idnumber }: MoodleCohort): boolean => idnumber === wanted.idnumber;
    const isFree = ({ name, idnumber }: MoodleCohort): boolean => plain(name) === wanted.name && !idnumber;
    const byNumber = (await search(calls, wanted.idnumber, 'all')).filter(isSame);
    const found = byNumber.length > 0 ? byNumber : (await search(calls, wanted.name, 'self')).filter(isFree);
    return found.length > 1 ? conflict(SEVERAL) : (found[0]?.id ?? null);
  }

  protected create(calls: MoodleCalls, works: readonly CohortWork[]): Promise<ItemResults<CohortWork, number>> {
    return calls.inPortions(
      createCohorts,
      works,
      (some) => ({ cohorts: some.map(({ wanted }) => wanted) }),
      (answer) => answer.map(({ id }) => id),
    );
  }

  protected update(
    calls: MoodleCalls,
    works: readonly Existing<CohortWork>[],
  ): Promise<ItemResults<Existing<CohortWork>, number>> {
    return calls.inPortions(
      updateCohorts,
      works,
      (some) => ({ cohorts: some.map(({ work, id }) => ({ id, ...work.wanted })) }),
      (_answer, some) => some.map(({ id }) => id),
    );
  }
}

const SEVERAL =
  'Several cohorts of Moodle could be this program. Leave its ID number, or its name, to one of them, then retry';

/** Moodle spells names as in a page. */
const plain = (name: string): string => name.replaceAll('&amp;', '&');

async function search(calls: MoodleCalls, query: string, includes: 'all' | 'self'): Promise<MoodleCohort[]> {
  const context = { contextlevel: 'system' } as const;
  return (await calls.call(searchCohorts, { query, context, includes, limitnum: 0 })).cohorts;
}
