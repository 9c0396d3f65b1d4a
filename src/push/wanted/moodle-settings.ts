import type { Environment } from '../../config/environment';
import { type GradedActivity, toActivity } from './graded-activity';
import type { Profile } from '../../sync/profile/profile';

export type LayoutName = 'program-course' | 'class-course';

/** What becomes of an enrolment in Moodle when the last one in Zoho has ended. */
export type DropPolicy = 'suspend' | 'unenrol' | 'keep';

/** How a tenant wants its records in Moodle; from its profile, with defaults. */
export interface MoodleSettings {
  readonly layout: LayoutName;
  /** Moodle's name of the way in which new users log in */
  readonly auth: string;
  readonly dropPolicy: DropPolicy;
  /** Moodle's ids of roles: no web service lists them, and a fresh site has these */
  readonly roles: { readonly student: number; readonly teacher: number };
  /** Moodle's id of the category in which courses, or categories, are made */
  readonly categoryId: number;
  /** suspensions within an hour beyond which they wait for approval: more than both */
  readonly brake: { readonly targets: number; readonly percent: number };
  /** whether programs become cohorts of those who are registered */
  readonly cohorts: boolean;
  /** where grades go; empty: nowhere */
  readonly grades: readonly GradedActivity[];
  /** an IANA name: a date begins at midnight there */
  readonly zone: string;
  /** what status words mean, by entity in the routes; matching ignores case */
  readonly statuses: Profile['entities'];
}

const MISCELLANEOUS = 1;

export function settingsOf({ moodle = {}, dates, entities }: Profile, environment: Environment): MoodleSettings {
  return {
    layout: moodle.layout ?? environment.MOODLE_LAYOUT,
    auth: moodle.auth ?? 'manual',
    dropPolicy: moodle.dropPolicy ?? 'suspend',
    roles: { student: moodle.roles?.student ?? 5, teacher: moodle.roles?.teacher ?? 3 },
    categoryId: moodle.categoryId ?? MISCELLANEOUS,
    brake: { targets: moodle.brake?.targets ?? 20, percent: moodle.brake?.percent ?? 10 },
    cohorts: moodle.cohorts ?? false,
    grades: (moodle.grades ?? []).map(toActivity),
    zone: dates?.zone ?? 'UTC',
    statuses: entities,
  };
}
