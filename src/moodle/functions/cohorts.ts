import { z } from 'zod';
import { defineFunction } from '../moodle-function';

const cohort = z.object({ id: z.int(), name: z.string(), idnumber: z.string().nullable().default('') });
export type MoodleCohort = z.infer<typeof cohort>;

/** A cohort of the whole site. */
export type SiteCohort = {
  categorytype: { type: 'system'; value: '' };
  name: string;
  idnumber: string;
};

/**
 * Finds parts of names, ID numbers and descriptions, and tells names as they stand in a page. `limitfrom` counts pages of
 * `limitnum`, whatever its name says; a `limitnum` of 0 is one page of all.
 */
export const searchCohorts = defineFunction<{
  query: string;
  context: { contextlevel: 'system' };
  /** `self`: without those of categories */
  includes: 'all' | 'self';
  limitnum: 0;
}>()('core_cohort_search_cohorts', false, z.object({ cohorts: z.array(cohort) }), 'moodle/cohort:view');

/** Atomic. */
export const createCohorts = defineFunction<{ cohorts: readonly SiteCohort[] }>()(
  'core_cohort_create_cohorts',
  true,
  z.array(z.object({ id: z.int() })),
  'moodle/cohort:manage',
);

export const updateCohorts = defineFunction<{ cohorts: readonly (SiteCohort & { id: number })[] }>()(
  'core_cohort_update_cohorts',
  true,
  z.null(),
  'moodle/cohort:manage',
);

/** Not atomic. Warns of each that is missing (code 2) or a member already (3), and names it in the text alone. */
export const addCohortMembers = defineFunction<{
  members: readonly { cohorttype: { type: 'id'; value: number }; usertype: { type: 'id'; value: number } }[];
}>()(
  'core_cohort_add_cohort_members',
  true,
  z.object({ warnings: z.array(z.object({ warningcode: z.string() })) }),
  'moodle/cohort:assign',
);

/** Atomic; repeating it is harmless. */
export const deleteCohortMembers = defineFunction<{ members: readonly { cohortid: number; userid: number }[] }>()(
  'core_cohort_delete_cohort_members',
  true,
  z.null(),
  'moodle/cohort:assign',
);
