import { missingRecord, moodleException } from '../exceptions';
import { int, list, optional, raw, type Read, withDefault, withoutTags, word } from '../params';
import type { Course, Section } from '../rows';
import { addSection } from '../seed';
import { type Site, SITE_URL } from '../site';
import { settleEnd } from './course-rules';
import { type FunctionTable, writesAtomically } from './function';
import { allSections, titleOf } from './section-names';
import { courseState, sectionState } from './section-states';
import { checkWidths } from './user-profile';

const action = {
  action: raw,
  courseid: int,
  ids: withDefault(list(int), []),
  targetsectionid: optional(int),
  targetcmid: optional(int),
};
type Action = { readonly [K in keyof typeof action]: Read<(typeof action)[K]> };

/** The answer is a string of JSON: what a course page would have to change. */
function updateCourse(params: Action, site: Site): string {
  const course = site.courses.get(params.courseid);
  if (course === undefined) throw missingRecord();
  const known = ACTIONS[params.action];
  if (known === undefined) throw unknownAction(params.action, course.format);
  return JSON.stringify(known(params, site, course));
}

const unknownAction = (name: string, format: string): Error =>
  moodleException(String.raw`Invalid course state action ${name} in format_${format}\courseformat\stateactions`);

const ACTIONS: Readonly<Record<string, (params: Action, site: Site, course: Course) => object[]>> = {
  section_add: ({ targetsectionid }, site, course) => {
    const sections = allSections(site, course.id);
    if (hasSectionLimit(site) && sections.length > site.settings.maxsections)
      throw moodleException('maxsectionslimit', 'error/maxsectionslimit');
    const target = targetsectionid === undefined ? sections.at(-1) : existing(site, course, targetsectionid);
    const number = (target?.section ?? -1) + 1;
    renumber(site, course, number, 1);
    addSection(site, course.id, number);
    settleEnd(site, course);
    return courseState(site, course);
  },
  section_delete: ({ ids }, site, course) => {
    const removed = ids.map((id) => deleteSection(site, course, id));
    settleEnd(site, course);
    return [...removed, ...courseState(site, course)];
  },
  section_hide: (params, site, course) => setVisible(params, site, course, false),
  section_show: (params, site, course) => setVisible(params, site, course, true),
};

/** Moodle 5.1 counts no sections any more. */
const hasSectionLimit = (site: Site): boolean => Number.parseFloat(site.settings.release) < 5.1;

function deleteSection(site: Site, course: Course, id: number): object {
  const { section } = existing(site, course, id);
  site.activities.removeWhere((activity) => activity.section === id);
  site.sections.remove(id);
  renumber(site, course, section + 1, -1);
  return { name: 'section', action: 'remove', fields: { id } };
}

function renumber(site: Site, course: Course, from: number, by: number): void {
  for (const { id, section } of allSections(site, course.id))
    if (section >= from) site.sections.change(id, { section: section + by });
}

function setVisible({ ids }: Action, site: Site, course: Course, visible: boolean): object[] {
  if (ids.length === 0) throw moodleException('emptysectionids');
  if (ids.some((id) => site.sections.get(id) === undefined)) throw moodleException('unexistingsectionid');
  for (const id of ids) site.sections.change(existing(site, course, id).id, { visible });
  return ids.flatMap((id) => sectionState(site, id));
}

function existing(site: Site, course: Course, id: number): Section {
  const section = site.sections.get(id);
  if (section?.course !== course.id) throw moodleException('sectionnotexist', 'This section does not exist');
  return section;
}

const inplace = { component: word, itemtype: raw, itemid: raw, value: raw };
type Inplace = { readonly [K in keyof typeof inplace]: string };

function updateInplaceEditable({ component, itemtype, itemid, value }: Inplace, site: Site): object {
  const section = site.sections.get(Number(itemid));
  const course = section === undefined ? undefined : site.courses.get(section.course);
  if (section === undefined || `format_${course?.format}` !== component) throw missingRecord();
  const name = withoutTags(value);
  checkWidths({ name }, { name: 1333 });
  site.sections.change(section.id, { name: name === '' ? null : name });
  return inplaceState({ component, itemtype, itemid, value: name }, titleOf({ ...section, name: name || null }));
}

const inplaceState = (params: Inplace, title: string): object => ({
  displayvalue: `<a href="${SITE_URL}/course/section.php?id=${params.itemid}">${escape(title)}</a>`,
  component: params.component,
  itemtype: params.itemtype,
  value: params.value,
  itemid: params.itemid,
  edithint: 'Edit section name',
  editlabel: `New name for section ${escape(title)}`,
  editicon: { key: 't/editstring', component: 'moodle', title: 'Edit section name' },
  type: 'text',
  options: '',
  linkeverything: 0,
});

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const sectionFunctions: FunctionTable = {
  core_courseformat_update_course: writesAtomically(action, 'moodle/course:update', updateCourse),
  core_update_inplace_editable: writesAtomically(inplace, 'moodle/course:update', updateInplaceEditable),
};
