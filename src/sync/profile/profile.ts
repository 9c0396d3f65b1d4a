import { IANAZone } from 'luxon';
import { z } from 'zod';
import { isZohoId } from '../values/zoho-id';
import { isDateFormat } from '../values/date';

/** PostgreSQL's JSON holds neither NUL nor half a surrogate pair. */
const word = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must be plain text');
/** A module of Zoho CRM has some hundred fields. */
const MOST_CUSTOM = 200;

const words = z.array(word).max(200);
const aliases = z.array(word).min(1).max(20);

/** What status words mean for Moodle; matching ignores case, and a word not named here is active. */
const statuses = z.strictObject({ suspended: words.optional(), pending: words.optional() });

const entityProfile = z.strictObject({
  /** the API name of Zoho's module, where the organisation has another */
  zohoModule: word.optional(),
  /** Zoho's names for a canonical field, in order, instead of the default ones */
  fields: z.record(z.string(), z.strictObject({ aliases })).optional(),
  /** fields of Zoho to keep beside the canonical ones, by the name that they are kept under */
  custom: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be 1 to 63 of a-z 0-9 _'), aliases)
    .refine((fields) => Object.keys(fields).length <= MOST_CUSTOM, `must have ${MOST_CUSTOM} fields at most`)
    .optional(),
  /** whether the record that a reference names must be stored first */
  dependencies: z.record(z.string(), z.enum(['require', 'ignore'])).optional(),
  statuses: statuses.optional(),
});

const moodleId = z.int().positive();

/** An activity that is there already: Moodle makes none on request. */
const gradedActivity = z.strictObject({
  /** Zoho's id of the unit */
  unit: z.string().refine(isZohoId, 'must be the id of a record of Zoho'),
  /** Zoho's id of the class, where classes have activities of their own */
  class: z.string().refine(isZohoId, 'must be the id of a record of Zoho').optional(),
  courseId: moodleId,
  component: z
    .string()
    .regex(/^mod_[a-z][a-z0-9_]{0,30}$/, 'must be the component of an activity, such as mod_assign')
    .optional(),
  /** the number in the address of the activity's page */
  activityId: moodleId,
  itemNumber: z.int().min(0).max(1_000).optional(),
  /** the activity's points for a score of 100 */
  maximum: z.number().positive().max(100_000).optional(),
  /** scores of 0 to 100 for grades that have none, such as D, M and P */
  words: z.record(word, z.number().min(0).max(100)).optional(),
});

type GradedActivity = z.infer<typeof gradedActivity>;

/** A grade must have one place to go to, and a place one grade. */
function refuseRepeats(activities: readonly GradedActivity[], context: z.core.$RefinementCtx<GradedActivity[]>): void {
  const [places, items] = [new Set<string>(), new Set<string>()];
  for (const [at, named] of activities.entries()) {
    const place = `${named.unit}/${named.class ?? ''}`;
    const item = `${named.activityId}/${named.itemNumber ?? 0}`;
    if (places.has(place)) refuse(at, named.class === undefined ? 'unit' : 'class', 'has an activity already');
    else if (items.has(item)) refuse(at, 'activityId', 'stands for another unit or class already');
    places.add(place);
    items.add(item);
  }
  function refuse(at: number, key: string, message: string): void {
    context.addIssue({ code: 'custom', path: [at, key], message });
  }
}

/** How the tenant wants its records in Moodle. */
const moodle = z.strictObject({
  layout: z.enum(['program-course', 'class-course']).optional(),
  /** Moodle's name of the way in which new users log in: manual, oauth2, oidc, saml2 … */
  auth: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,19}$/, 'must be the name of an authentication method of Moodle')
    .optional(),
  /** what becomes of an enrolment when the last one in Zoho has ended */
  dropPolicy: z.enum(['suspend', 'unenrol', 'keep']).optional(),
  roles: z.strictObject({ student: moodleId.optional(), teacher: moodleId.optional() }).optional(),
  /** the category in which courses, or the categories of programs, are made */
  categoryId: moodleId.optional(),
  /** more suspensions within an hour than this many, and than this part of what is active, wait for approval */
  brake: z
    .strictObject({ targets: z.int().min(0).max(1_000_000).optional(), percent: z.number().min(0).max(100).optional() })
    .optional(),
  /** whether each program becomes a cohort of those who are registered in it */
  cohorts: z.boolean().optional(),
  /** the activities into which grades are written; a student's latest attempt counts */
  grades: z.array(gradedActivity).max(5_000).superRefine(refuseRepeats).optional(),
});

/** A tenant's mapping as data: what its Zoho calls things, and how it spells them. */
export const profileSchema = z.strictObject({
  dates: z
    .strictObject({
      formats: z
        .array(word.refine(isDateFormat, 'must be a date format such as dd/MM/yyyy or dd-MMM-yyyy HH:mm:ss'))
        .max(10)
        .optional(),
      zone: z
        .string()
        .refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone such as Europe/Istanbul')
        .optional(),
    })
    .optional(),
  decimalComma: z.boolean().optional(),
  /** whether records wait for the ones that they name */
  waiting: z.boolean().optional(),
  moodle: moodle.optional(),
  /** by the entity's name in the routes, such as `students` */
  entities: z.record(z.string(), entityProfile).optional(),
});

export type Profile = z.infer<typeof profileSchema>;
export type ProfileOfEntity = z.infer<typeof entityProfile>;

/** What is wrong with a profile, and where: `entities.students.fields.phone.aliases`. */
export interface ProfileFault {
  readonly path: string;
  readonly message: string;
}

/** A profile that cannot be used, with everything that is wrong with it. */
export class InvalidProfile extends Error {
  constructor(readonly faults: readonly ProfileFault[]) {
    super(faults.map(({ path, message }) => `${path}: ${message}`).join('; '));
  }
}
