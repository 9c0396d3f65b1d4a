import { invalidParameter, MoodleException } from '../exceptions';
import type { Course } from '../rows';
import { type Site, SITE_URL } from '../site';

const FIELDS = ['id', 'ids', 'shortname', 'idnumber', 'category', ''];

export function getCoursesByField(
  { field, value }: { readonly field: string; readonly value: string },
  site: Site,
): unknown {
  if (!FIELDS.includes(field)) throw invalidParameter();
  const courses =
    field === 'ids' ? coursesByIds(site, value) : site.courses.filter((course) => fits(course, field, value));
  return { courses: courses.map((course) => fieldDetails(site, course)), warnings: [] };
}

/** One unknown id is too much for PHP. */
function coursesByIds(site: Site, value: string): Course[] {
  return value.split(',').map((id) => {
    const course = site.courses.get(Number(id));
    if (course === undefined)
      throw new MoodleException('Error', undefined, 'Attempt to assign property "contextvalidated" on null');
    return course;
  });
}

const fits = (course: Course, field: string, value: string): boolean =>
  field === '' || String(course[field as 'id' | 'shortname' | 'idnumber' | 'category']) === value;

export function getCourses(
  { options }: { readonly options: { readonly ids: readonly number[] | undefined } },
  site: Site,
): unknown {
  return site.courses
    .filter(({ id }) => options.ids === undefined || options.ids.includes(id))
    .map((course) => details(site, course));
}

export const courseImage = (course: Course): string =>
  `${SITE_URL}/pluginfile.php/${69 + course.id}/course/generated/course.svg`;

const sortorderOf = (course: Course): number => 10_000 * course.category + course.id;

function formatOptions(course: Course): object[] {
  const automatic = { name: 'automaticenddate', value: Number(course.automaticenddate) };
  return [
    { name: 'hiddensections', value: 1 },
    { name: 'coursedisplay', value: 0 },
    ...(course.format === 'weeks' ? [automatic] : []),
  ];
}

/** What both ways of reading a course tell alike. */
const shared = (course: Course): object => ({
  id: course.id,
  fullname: course.fullname,
  displayname: course.fullname,
  shortname: course.shortname,
  categoryid: course.category,
  summary: course.summary,
  summaryformat: course.summaryformat,
  showactivitydates: true,
  showcompletionconditions: true,
  idnumber: course.idnumber,
  format: course.format,
  showgrades: course.showgrades,
  newsitems: course.newsitems,
  startdate: course.startdate,
  enddate: course.enddate,
  maxbytes: 0,
  showreports: 0,
  visible: course.visible,
  groupmode: course.groupmode,
  groupmodeforce: course.groupmodeforce,
  defaultgroupingid: 0,
  enablecompletion: course.enablecompletion,
  completionnotify: 0,
  lang: '',
  timecreated: course.timecreated,
  timemodified: course.timemodified,
});

const FILTERS = ['displayh5p', 'activitynames', 'mathjaxloader', 'emoticon', 'urltolink', 'mediaplugin'];

const fieldDetails = (site: Site, course: Course): object => ({
  ...shared(course),
  courseimage: courseImage(course),
  categoryname: site.categories.get(course.category)?.name ?? '',
  sortorder: sortorderOf(course),
  summaryfiles: [],
  overviewfiles: [],
  contacts: [],
  enrollmentmethods: course.manual ? ['manual'] : [],
  theme: '',
  marker: 0,
  legacyfiles: 0,
  calendartype: '',
  requested: 0,
  cacherev: course.timemodified,
  filters: FILTERS.map((filter) => ({ filter, localstate: 0, inheritedstate: 1 })),
  courseformatoptions: [...formatOptions(course), { name: 'indentation', value: '1' }],
});

const details = (site: Site, course: Course): object => ({
  ...shared(course),
  categorysortorder: sortorderOf(course),
  numsections: Math.max(...site.sections.filter((each) => each.course === course.id).map(({ section }) => section), 0),
  hiddensections: 1,
  forcetheme: '',
  courseformatoptions: formatOptions(course),
});
