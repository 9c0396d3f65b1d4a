import { invalidParameter, missingRecord } from '../exceptions';
import type { Activity, Section } from '../rows';
import { type Site, SITE_URL } from '../site';
import { titleOf, visibleSections } from './section-names';

interface Option {
  readonly name: string;
  readonly value: string;
}

const OPTIONS = ['excludemodules', 'excludecontents', 'includestealthmodules', 'sectionid', 'sectionnumber'];

export function getContents(
  { courseid, options }: { readonly courseid: number; readonly options: readonly Option[] },
  site: Site,
): unknown {
  if (options.some(({ name }) => !OPTIONS.includes(name))) throw invalidParameter();
  if (site.courses.get(courseid) === undefined) throw missingRecord();
  const option = (name: string): string | undefined => options.find((each) => each.name === name)?.value;
  const isWanted = (section: Section): boolean =>
    [String(section.id), undefined].includes(option('sectionid')) &&
    [String(section.section), undefined].includes(option('sectionnumber'));
  const withModules = !['1', 'true'].includes(option('excludemodules') ?? '0');
  return visibleSections(site, courseid)
    .filter(isWanted)
    .map((section) => sectionDetails(site, section, withModules));
}

const sectionDetails = (site: Site, section: Section, withModules: boolean): object => ({
  id: section.id,
  name: titleOf(section),
  visible: Number(section.visible),
  summary: section.summary,
  summaryformat: 1,
  section: section.section,
  hiddenbynumsections: 0,
  uservisible: true,
  component: null,
  itemid: null,
  modules: withModules ? site.activities.filter((each) => each.section === section.id).map(moduleDetails) : [],
});

const moduleDetails = (activity: Activity): object => ({
  id: activity.id,
  url: `${SITE_URL}/mod/${activity.modname}/view.php?id=${activity.id}`,
  name: activity.name,
  instance: activity.id,
  contextid: 74 + activity.id,
  visible: 1,
  uservisible: true,
  visibleoncoursepage: 1,
  modicon: `${SITE_URL}/theme/image.php/boost/${activity.modname}/1795386010/monologo?filtericon=1`,
  modname: activity.modname,
  purpose: activity.modname === 'forum' ? 'collaboration' : 'assessment',
  branded: false,
  modplural: `${activity.modname.slice(0, 1).toUpperCase()}${activity.modname.slice(1)}s`,
  availability: null,
  indent: 0,
  onclick: '',
  afterlink: null,
  activitybadge: [],
  customdata: activity.modname === 'forum' ? '{"trackingtype":"1"}' : '""',
  noviewlink: false,
  completion: 0,
  downloadcontent: 1,
  dates: [],
  groupmode: 0,
});
