import { Injectable } from '@nestjs/common';
import { createCategories, getCategories, updateCategories } from '../../moodle/functions/courses';
import type { MoodleCalls } from '../moodle-calls';
import { PushRows } from '../push-rows';
import type { Scope } from '../push-source';
import { idIn } from '../subject';
import type { ClaimedTarget } from '../target';
import { conflict, inDoubt, nothing, pushedOr } from './outcomes';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

interface WantedCategory {
  readonly name: string;
  readonly idnumber: string;
  readonly parent: number;
}

type CategoryWork = Work<WantedCategory>;

const LONGEST_NAME = 255;

/** A program as a category of courses. No web service hides one, so that one without a program stays as it is. */
@Injectable()
export class CategoryKind implements TargetKind<WantedCategory> {
  readonly kind = 'category';
  readonly functions = [getCategories, createCategories, updateCategories];

  constructor(private readonly rows: PushRows) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<WantedCategory>[]> {
    const places = await this.rows.readPlaces(
      scope,
      targets.map(({ subject }) => subject),
    );
    return targets.map((target): Prepared<WantedCategory> => {
      const place = places.get(target.subject);
      const { moodleId, pushedDigest: digest } = target;
      if (!place || place.standing === 'pending') {
        return {
          target,
          settlement: moodleId === null ? nothing() : { outcome: 'pushed', moodleId, digest, isActive: false },
        };
      }
      const wanted = {
        name: place.name.slice(0, LONGEST_NAME),
        idnumber: idIn(target.subject),
        parent: scope.settings.categoryId,
      };
      return { target, wanted, isActive: place.standing === 'active' };
    });
  }

  async push(calls: MoodleCalls, works: readonly CategoryWork[], results: Map<ClaimedTarget, Pushed>): Promise<void> {
    const creates: CategoryWork[] = [];
    const updates: { work: CategoryWork; id: number }[] = [];
    for (const work of works) {
      const { target } = work;
      const found = target.moodleId === null || target.isDoubtful ? await lookUp(calls, work) : [target.moodleId];
      const [id, other] = found;
      if (other !== undefined) results.set(target, conflict(SEVERAL));
      else if (id !== undefined) updates.push({ work, id });
      else if (target.mayStillHappen) results.set(target, inDoubt());
      else creates.push(work);
    }
    const created = await calls.inPortions(
      createCategories,
      creates,
      (some) => ({ categories: some.map(({ wanted }) => ({ ...wanted })) }),
      (answer) => answer.map(({ id }) => id),
    );
    for (const [{ target }, id] of created) results.set(target, pushedOr(target, id));
    const updated = await calls.inPortions(
      updateCategories,
      updates,
      (some) => ({
        categories: some.map(({ work: { wanted }, id }) => ({ id, name: wanted.name, idnumber: wanted.idnumber })),
      }),
      (_answer, some) => some.map(({ id }) => id),
    );
    for (const [{ work }, id] of updated) results.set(work.target, pushedOr(work.target, id));
  }
}

const SEVERAL = 'Several categories of Moodle have this ID number. Leave it to one of them, then retry';

async function lookUp(calls: MoodleCalls, { wanted: { idnumber } }: CategoryWork): Promise<number[]> {
  const criteria = [{ key: 'idnumber' as const, value: idnumber }];
  return (await calls.call(getCategories, { criteria, addsubcategories: false })).map(({ id }) => id);
}
