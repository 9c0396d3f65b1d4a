import { contextNotValid, missingRecord, MoodleException, moodleException } from '../exceptions';
import type { Course } from '../rows';
import { addCourse } from '../seed';
import type { Site } from '../site';
import { atomically } from '../table';
import type { ChangedCourse, NewCourse } from './course-params';
import { checkCourseWidths, checkDates, checkTaken, formatOption, settleEnd } from './course-rules';
import type { Warning } from './function';

export async function createCourses(
  { courses }: { readonly courses: readonly NewCourse[] },
  site: Site,
): Promise<unknown> {
  const created = [];
  for (const course of courses) {
    checkNewCourse(site, course);
    const pause = site.inserts.pause();
    if (pause !== undefined) await pause;
    created.push(insertCourse(site, course));
  }
  return created;
}

function checkNewCourse(site: Site, course: NewCourse): void {
  if (site.categories.get(course.categoryid) === undefined) throw contextNotValid('cat', course.categoryid);
  checkLanguage(site, course.lang);
  checkTaken(site, course);
  checkDates(course.startdate ?? 0, course.enddate ?? 0);
}

function checkLanguage(site: Site, lang: string | undefined): void {
  if (lang !== undefined && lang !== '' && !site.settings.languages.includes(lang))
    throw moodleException('errorinvalidparam', 'The param "lang" is invalid.');
}

/** No unique index but the id's: at the same time one short name can come in more than once. */
function insertCourse(site: Site, course: NewCourse): unknown {
  const values = { ...keptOf(course), shortname: course.shortname };
  checkCourseWidths(values);
  const numsections = course.numsections ?? Number(formatOption(course.courseformatoptions, 'numsections') ?? 0);
  const made = addCourse(site, values, numsections);
  settleEnd(site, made);
  return { id: made.id, shortname: made.shortname };
}

const KEPT = [
  'fullname',
  'shortname',
  'idnumber',
  'summary',
  'summaryformat',
  'format',
  'startdate',
  'enddate',
  'visible',
  'groupmode',
  'groupmodeforce',
  'newsitems',
  'showgrades',
  'enablecompletion',
] as const satisfies readonly (keyof Course)[];

function keptOf(course: NewCourse | ChangedCourse): Partial<Omit<Course, 'id'>> {
  const automaticenddate = formatOption(course.courseformatoptions, 'automaticenddate');
  const kept = KEPT.map((key) => [key, course[key]]).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(kept),
    ...(course.categoryid === undefined ? {} : { category: course.categoryid }),
    ...(automaticenddate === undefined ? {} : { automaticenddate: automaticenddate !== '0' }),
  };
}

/** Good items stay whatever becomes of the others. */
export const updateCourses = (
  { courses }: { readonly courses: readonly ChangedCourse[] },
  site: Site,
): Promise<{ warnings: Warning[] }> =>
  eachWithWarning(
    courses,
    ({ id }) => id,
    (course) => updateCourse(site, course),
  );

function updateCourse(site: Site, course: ChangedCourse): void {
  const before = site.courses.get(course.id);
  if (before === undefined) throw missingRecord();
  site.require('moodle/course:update');
  if (course.categoryid !== undefined && site.categories.get(course.categoryid) === undefined) throw missingRecord();
  checkLanguage(site, course.lang);
  checkTaken(site, course, course.id);
  checkDates(course.startdate ?? before.startdate, course.enddate ?? before.enddate);
  const values = keptOf(course);
  checkCourseWidths(values);
  site.courses.change(course.id, { ...values, timemodified: site.now() });
  settleEnd(site, { ...before, ...values });
}

export const deleteCourses = (
  { courseids }: { readonly courseids: readonly number[] },
  site: Site,
): Promise<{ warnings: Warning[] }> =>
  eachWithWarning(
    courseids,
    (id) => id,
    (id) => deleteCourse(site, id),
  );

function deleteCourse(site: Site, id: number): void {
  const siteCourse = 1;
  if (id === siteCourse || site.courses.get(id) === undefined)
    throw moodleException('unknowncourseidnumber', `Unknown course ID ${id}`);
  site.require('moodle/course:delete');
  const groups = new Set(site.groups.filter(({ courseid }) => courseid === id).map((group) => group.id));
  const activities = new Set(site.activities.filter(({ course }) => course === id).map((activity) => activity.id));
  site.groupMembers.removeWhere(({ groupid }) => groups.has(groupid));
  site.grades.removeWhere(({ activity }) => activities.has(activity));
  site.groups.removeWhere(({ courseid }) => courseid === id);
  site.activities.removeWhere(({ course }) => course === id);
  site.sections.removeWhere(({ course }) => course === id);
  site.enrolments.removeWhere(({ courseid }) => courseid === id);
  site.roleAssignments.removeWhere(({ contextlevel, instanceid }) => contextlevel === 'course' && instanceid === id);
  site.courses.remove(id);
}

async function eachWithWarning<T>(
  items: readonly T[],
  idOf: (item: T) => number,
  work: (item: T) => void,
): Promise<{ warnings: Warning[] }> {
  const warnings: Warning[] = [];
  for (const item of items)
    try {
      await atomically(() => work(item));
    } catch (error) {
      if (!(error instanceof MoodleException)) throw error;
      const { errorcode = '', message } = error;
      warnings.push({ item: 'course', itemid: idOf(item), warningcode: errorcode, message });
    }
  return { warnings };
}
