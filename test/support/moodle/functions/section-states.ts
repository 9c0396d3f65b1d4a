import type { Activity, Course, Section } from '../rows';
import { type Site, SITE_URL } from '../site';
import { titleOf, visibleSections } from './section-names';

/** The whole course as its page draws it, as far as the caller may see it. */
export function courseState(site: Site, course: Course): object[] {
  const sections = visibleSections(site, course.id);
  const listed = new Set(sections.map(({ id }) => id));
  const activities = site.activities.filter(({ section }) => listed.has(section));
  return [
    put('course', courseFields(site, course, sections)),
    ...sections.flatMap(({ id }) => sectionState(site, id)),
    ...activities.map((activity) => put('cm', moduleFields(site, activity))),
  ];
}

/** Nothing of a section that the caller may not see. */
export function sectionState(site: Site, id: number): object[] {
  const section = site.sections.get(id);
  if (section === undefined || !visibleSections(site, section.course).some((each) => each.id === id)) return [];
  return [put('section', sectionFields(site, section))];
}

const put = (name: string, fields: object): object => ({ name, action: 'put', fields });

const courseFields = (site: Site, course: Course, sections: readonly Section[]): object => ({
  id: String(course.id),
  numsections: sections.length - 1,
  sectionlist: sections.map(({ id }) => String(id)),
  editmode: false,
  highlighted: 'Highlighted',
  baseurl: `${SITE_URL}/course/view.php?id=${course.id}`,
  statekey: `${site.now()}_${course.timemodified}`,
  maxbytes: 2_097_152,
  maxbytestext: '2.0\u00A0MB',
});

const sectionFields = (site: Site, section: Section): object => ({
  id: String(section.id),
  section: section.section,
  number: section.section,
  title: titleOf(section),
  hassummary: section.summary !== '',
  rawtitle: section.name,
  cmlist: site.activities.filter((each) => each.section === section.id).map(({ id }) => String(id)),
  visible: section.visible,
  sectionurl: `${SITE_URL}/course/section.php?id=${section.id}`,
  current: false,
  indexcollapsed: false,
  contentcollapsed: false,
  hasrestrictions: false,
  bulkeditable: section.section !== 0,
  component: null,
  itemid: null,
  parentsectionid: null,
});

const moduleFields = (site: Site, activity: Activity): object => ({
  id: String(activity.id),
  anchor: `module-${activity.id}`,
  name: activity.name,
  visible: true,
  stealth: false,
  sectionid: String(activity.section),
  sectionnumber: site.sections.get(activity.section)?.section ?? 0,
  uservisible: true,
  hascmrestrictions: false,
  modname: `${activity.modname.slice(0, 1).toUpperCase()}${activity.modname.slice(1)}`,
  indent: 0,
  groupmode: 0,
  module: activity.modname,
  plugin: `mod_${activity.modname}`,
  hasdelegatedsection: false,
  accessvisible: true,
  url: `${SITE_URL}/mod/${activity.modname}/view.php?id=${activity.id}`,
  istrackeduser: false,
  allowstealth: false,
});
