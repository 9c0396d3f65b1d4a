import { codingError, invalidParameter, missingRecord } from '../exceptions';
import { bool, int, list, object, optional, plugin, raw, type Read, text, withDefault, word } from '../params';
import type { Cohort } from '../rows';
import type { Site } from '../site';
import { cohortMemberFunctions } from './cohort-members';
import { type FunctionTable, reads, writesAtomically } from './function';
import { checkWidths } from './user-profile';

const WIDTHS = { name: 254, idnumber: 100 };

const common = {
  categorytype: object({ type: text, value: raw }),
  name: raw,
  idnumber: raw,
  description: optional(raw),
  descriptionformat: withDefault(int, 1),
  visible: optional(bool),
  theme: optional(plugin),
  customfields: optional(list(object({ shortname: word, value: raw }))),
};
const newCohort = object(common);
const changedCohort = object({ id: int, ...common });

async function createCohorts(
  { cohorts }: { readonly cohorts: readonly Read<typeof newCohort>[] },
  site: Site,
): Promise<unknown> {
  const created = [];
  for (const cohort of cohorts) {
    const category = categoryOf(site, cohort.categorytype);
    const { name, idnumber, description = '', descriptionformat, visible = true } = cohort;
    if (idnumber !== '' && site.cohorts.some((each) => each.idnumber === idnumber)) throw invalidParameter();
    checkWidths({ name, idnumber }, WIDTHS);
    const pause = site.inserts.pause();
    if (pause !== undefined) await pause;
    created.push(details(site.cohorts.insert({ name, idnumber, description, descriptionformat, visible, category })));
  }
  return created;
}

interface CategoryType {
  readonly type: string;
  readonly value: string;
}

function categoryOf(site: Site, { type, value }: CategoryType): number {
  if (type === 'system') return 0;
  if (type !== 'id' && type !== 'idnumber') throw invalidParameter();
  const category = site.categories.find((each) => String(each[type]) === value);
  if (category === undefined) throw invalidParameter();
  return category.id;
}

/** Does not look whether the idnumber is taken. */
function updateCohorts({ cohorts }: { readonly cohorts: readonly Read<typeof changedCohort>[] }, site: Site): null {
  for (const { id, categorytype, name, idnumber, description, visible } of cohorts) {
    if (name.trim() === '') throw invalidParameter();
    if (site.cohorts.get(id) === undefined) throw missingRecord();
    checkWidths({ name, idnumber }, WIDTHS);
    site.cohorts.change(id, {
      name,
      idnumber,
      category: categoryOf(site, categorytype),
      ...(description === undefined ? {} : { description }),
      ...(visible === undefined ? {} : { visible }),
    });
  }
  return null;
}

const details = ({ id, name, idnumber, description, descriptionformat, visible }: Cohort): object => ({
  id,
  name: forPages(name),
  idnumber,
  description,
  descriptionformat,
  visible,
  theme: '',
});

/** Names are answered as they stand in a page, unless raw settings are asked for. */
const forPages = (name: string): string => name.replaceAll(/&(?![a-zA-Z0-9#]{1,8};)/g, '&amp;');

const fullDetails = (cohort: Cohort): object => ({ ...details(cohort), customfields: [] });

/** All of them if none is named, which is also what an empty list comes to. */
function getCohorts({ cohortids }: { readonly cohortids: readonly number[] }, site: Site): unknown {
  if (cohortids.length === 0) return site.cohorts.all().map(fullDetails);
  return cohortids.map((id) => {
    const cohort = site.cohorts.get(id);
    if (cohort === undefined) throw missingRecord();
    return fullDetails(cohort);
  });
}

const search = {
  query: raw,
  context: object({ contextid: optional(int), contextlevel: optional(word), instanceid: optional(int) }),
  includes: withDefault(word, 'parents'),
  limitfrom: withDefault(int, 0),
  limitnum: withDefault(int, 25),
};

/**
 * Finds parts of the name, the idnumber and the description, and unless told otherwise no more than 25. `limitfrom` counts
 * pages of `limitnum`, whatever its name says; a `limitnum` of 0 is one page of all.
 */
function searchCohorts(params: { readonly [K in keyof typeof search]: Read<(typeof search)[K]> }, site: Site): unknown {
  const { query, includes, context, limitfrom, limitnum } = params;
  if (!['self', 'parents', 'all'].includes(includes)) throw codingError("Invalid parameter value for 'includes'.");
  const category = context.contextlevel === 'coursecat' ? (context.instanceid ?? 0) : 0;
  const isIn = (cohort: Cohort): boolean =>
    includes === 'all' || cohort.category === category || (includes === 'parents' && cohort.category === 0);
  const hasQuery = ({ name, idnumber, description }: Cohort): boolean =>
    [name, idnumber, description].some((value) => value.toLowerCase().includes(query.toLowerCase()));
  const found = site.cohorts
    .filter((cohort) => isIn(cohort) && hasQuery(cohort))
    .toSorted((a, b) => a.name.localeCompare(b.name) || a.idnumber.localeCompare(b.idnumber));
  const from = limitfrom * limitnum;
  return { cohorts: found.slice(from, limitnum === 0 ? undefined : from + limitnum).map(fullDetails) };
}

export const cohortFunctions: FunctionTable = {
  core_cohort_create_cohorts: writesAtomically({ cohorts: list(newCohort) }, 'moodle/cohort:manage', createCohorts),
  core_cohort_update_cohorts: writesAtomically({ cohorts: list(changedCohort) }, 'moodle/cohort:manage', updateCohorts),
  core_cohort_get_cohorts: reads({ cohortids: withDefault(list(int), []) }, 'moodle/cohort:view', getCohorts),
  core_cohort_search_cohorts: reads(search, 'moodle/cohort:view', searchCohorts),
  ...cohortMemberFunctions,
};
