import type { Profile } from '../../sync/profile/profile';
import { subjectOf } from './subject';

/** An activity of Moodle that stands for a unit, or for a unit in one class. */
export interface GradedActivity {
  /** `unit:…`, or `unit:…/class:…` */
  readonly place: string;
  readonly courseId: number;
  /** such as `mod_assign` */
  readonly component: string;
  /** the course module's id, as in the address of its page */
  readonly activityId: number;
  readonly itemNumber: number;
  /** the points of a score of 100 */
  readonly maximum: number;
  /** scores of grade words, by the word in lower case */
  readonly words: ReadonlyMap<string, number>;
}

type NamedActivity = NonNullable<NonNullable<Profile['moodle']>['grades']>[number];

export const toActivity = (named: NamedActivity): GradedActivity => ({
  place: placeOf(named.unit, named.class ?? null),
  courseId: named.courseId,
  component: named.component ?? 'mod_assign',
  activityId: named.activityId,
  itemNumber: named.itemNumber ?? 0,
  maximum: named.maximum ?? 100,
  words: new Map(Object.entries(named.words ?? {}).map(([word, score]) => [word.toLowerCase(), score])),
});

/** Where a grade goes: the activity of its class, else the one for all classes; null when there is none. */
export function gradePlace(
  activities: readonly GradedActivity[],
  { unit, class: ofClass }: { readonly unit: string; readonly class: string | null },
): string | null {
  const known = new Set(activities.map(({ place }) => place));
  return [placeOf(unit, ofClass), placeOf(unit, null)].find((place) => known.has(place)) ?? null;
}

const placeOf = (unit: string, ofClass: string | null): string =>
  ofClass === null ? subjectOf('unit', unit) : `${subjectOf('unit', unit)}/${subjectOf('class', ofClass)}`;
