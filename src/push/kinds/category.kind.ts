import { Injectable } from '@nestjs/common';
import { createCategories, getCategories, updateCategories } from '../../moodle/functions/courses';
import type { ItemResults, MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope } from '../wanted/push-source';
import { idIn } from '../wanted/subject';
import { shorten } from '../wanted/plain-text';
import type { ClaimedTarget, Settlement } from '../targets/target';
import { type Existing, KeyedKind } from './keyed.kind';
import { conflict, nothing } from './outcomes';
import type { Prepared, Work } from './target-kind';

interface WantedCategory {
  readonly name: string;
  readonly idnumber: string;
  readonly parent: number;
}

type CategoryWork = Work<WantedCategory>;

const LONGEST_NAME = 255;

/** A program as a category of courses. No web service hides one, so that one without a program stays as it is. */
@Injectable()
export class CategoryKind extends KeyedKind<WantedCategory> {
  readonly kind = 'category';
  readonly functions = [getCategories, createCategories, updateCategories];

  constructor(private readonly rows: PushRows) {
    super();
  }

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
        name: shorten(place.name, LONGEST_NAME),
        idnumber: idIn(target.subject),
        parent: scope.settings.categoryId,
      };
      return { target, wanted, isActive: place.standing === 'active' };
    });
  }

  protected async lookUp(calls: MoodleCalls, { wanted }: CategoryWork): Promise<number | Settlement | null> {
    const criteria = [{ key: 'idnumber' as const, value: wanted.idnumber }];
    const [first, second] = await calls.call(getCategories, { criteria, addsubcategories: false });
    return second ? conflict(SEVERAL) : (first?.id ?? null);
  }

  protected create(calls: MoodleCalls, works: readonly CategoryWork[]): Promise<ItemResults<CategoryWork, number>> {
    return calls.inPortions(
      createCategories,
      works,
      (some) => ({ categories: some.map(({ wanted }) => ({ ...wanted })) }),
      (answer) => answer.map(({ id }) => id),
    );
  }

  protected update(
    calls: MoodleCalls,
    works: readonly Existing<CategoryWork>[],
  ): Promise<ItemResults<Existing<CategoryWork>, number>> {
    return calls.inPortions(
      updateCategories,
      works,
      (some) => ({
        categories: some.map(({ work: { wanted }, id }) => ({ id, name: wanted.name, idnumber: wanted.idnumber })),
      }),
      (_answer, some) => some.map(({ id }) => id),
    );
  }
}

const SEVERAL = 'Several categories of Moodle have this ID number. Leave it to one of them, then retry';
