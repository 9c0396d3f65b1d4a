import { missingRecord } from '../exceptions';
import type { Course } from '../rows';
import type { Site } from '../site';
import { courseImage } from './course-read';

export function getUsersCourses(
  { userid, returnusercount }: { readonly userid: number; readonly returnusercount: boolean },
  site: Site,
): unknown {
  if (site.users.get(userid) === undefined) throw missingRecord();
  return site.enrolments
    .filter((enrolment) => enrolment.userid === userid && !enrolment.suspended)
    .flatMap(({ courseid }) => site.courses.get(courseid) ?? [])
    .map((course) => courseOfUser(site, course, returnusercount));
}

const courseOfUser = (site: Site, course: Course, withCount: boolean): object => ({
  id: course.id,
  shortname: course.shortname,
  fullname: course.fullname,
  displayname: course.fullname,
  ...(withCount ? { enrolledusercount: site.enrolments.filter(({ courseid }) => courseid === course.id).length } : {}),
  idnumber: course.idnumber,
  visible: course.visible,
  summary: course.summary,
  summaryformat: course.summaryformat,
  format: course.format,
  courseimage: courseImage(course),
  showgrades: course.showgrades === 1,
  lang: '',
  enablecompletion: course.enablecompletion === 1,
  completionhascriteria: false,
  completionusertracked: false,
  category: course.category,
  progress: null,
  completed: null,
  startdate: course.startdate,
  enddate: course.enddate,
  marker: 0,
  lastaccess: null,
  isfavourite: false,
  hidden: false,
  overviewfiles: [],
  showactivitydates: true,
  showcompletionconditions: true,
  timemodified: course.timemodified,
});
