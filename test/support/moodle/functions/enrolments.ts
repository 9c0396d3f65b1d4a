import { invalidParameter, missingRecord, moodleException } from '../exceptions';
import { bool, int, list, object, optional, raw, type Read, withDefault, word } from '../params';
import type { Course } from '../rows';
import type { Site } from '../site';
import { getEnrolledUsers } from './enrolled-users';
import { type FunctionTable, reads, writesAtomically } from './function';
import { assignRole } from './roles';
import { getUsersCourses } from './users-courses';

const newEnrolment = object({
  roleid: int,
  userid: int,
  courseid: int,
  timestart: optional(int),
  timeend: optional(int),
  suspend: optional(bool),
});
type NewEnrolment = Read<typeof newEnrolment>;

function enrolUsers({ enrolments }: { readonly enrolments: readonly NewEnrolment[] }, site: Site): null {
  for (const enrolment of enrolments) {
    const course = site.courses.get(enrolment.courseid);
    if (course === undefined) throw invalidParameter();
    checkAssignable(site, enrolment);
    checkInstance(course);
    const user = site.users.get(enrolment.userid);
    if (user === undefined) throw missingRecord();
    if (user.deleted) throw moodleException('userdeleted');
    enrol(site, enrolment);
  }
  return null;
}

function checkAssignable(site: Site, { roleid, userid, courseid }: NewEnrolment): void {
  if (site.settings.assignableRoles.includes(roleid)) return;
  throw moodleException(
    'wsusercannotassign',
    `You don't have the permission to assign this role (${roleid}) to this user (${userid}) in this course (${courseid}).`,
  );
}

function checkInstance({ id, manual }: Course): void {
  if (manual) return;
  throw moodleException(
    'wsnoinstance',
    `Manual enrolment plugin instance doesn't exist or is disabled for the course (id = ${id})`,
  );
}

/** Whatever is left out is reset. The role comes on top of the ones that are there. */
function enrol(
  site: Site,
  { userid, courseid, roleid, timestart = 0, timeend = 0, suspend = false }: NewEnrolment,
): void {
  const values = { timestart, timeend, suspended: suspend };
  const there = site.enrolments.find((each) => each.userid === userid && each.courseid === courseid);
  if (there === undefined) site.enrolments.insert({ userid, courseid, ...values });
  else site.enrolments.change(there.id, values);
  assignRole(site, { roleid, userid, contextlevel: 'course', instanceid: courseid });
}

const formerEnrolment = object({ userid: int, courseid: int, roleid: optional(int) });

function unenrolUsers(
  { enrolments }: { readonly enrolments: readonly Read<typeof formerEnrolment>[] },
  site: Site,
): null {
  for (const { userid, courseid, roleid } of enrolments) {
    const course = site.courses.get(courseid);
    if (course === undefined || roleid !== undefined) throw invalidParameter();
    checkInstance(course);
    if (site.users.get(userid) === undefined) throw missingRecord();
    unenrol(site, userid, courseid);
  }
  return null;
}

function unenrol(site: Site, userid: number, courseid: number): void {
  const isEnrolled = site.enrolments.some((each) => each.userid === userid && each.courseid === courseid);
  if (!isEnrolled) return;
  const groups = new Set(site.groups.filter((group) => group.courseid === courseid).map(({ id }) => id));
  site.groupMembers.removeWhere((member) => member.userid === userid && groups.has(member.groupid));
  site.roleAssignments.removeWhere(
    (each) => each.userid === userid && each.contextlevel === 'course' && each.instanceid === courseid,
  );
  site.enrolments.removeWhere((each) => each.userid === userid && each.courseid === courseid);
}

/** Only methods by which people enrol themselves are told, and the manual one is not. */
function getEnrolmentMethods({ courseid }: { readonly courseid: number }, site: Site): unknown {
  if (site.courses.get(courseid) === undefined) throw missingRecord();
  return [];
}

export const enrolmentFunctions: FunctionTable = {
  enrol_manual_enrol_users: writesAtomically({ enrolments: list(newEnrolment) }, 'enrol/manual:enrol', enrolUsers),
  enrol_manual_unenrol_users: writesAtomically(
    { enrolments: list(formerEnrolment) },
    'enrol/manual:unenrol',
    unenrolUsers,
  ),
  core_enrol_get_enrolled_users: reads(
    { courseid: int, options: withDefault(list(object({ name: word, value: raw })), []) },
    'moodle/course:viewparticipants',
    getEnrolledUsers,
  ),
  core_enrol_get_users_courses: reads(
    { userid: int, returnusercount: withDefault(bool, true) },
    undefined,
    getUsersCourses,
  ),
  core_enrol_get_course_enrolment_methods: reads({ courseid: int }, undefined, getEnrolmentMethods),
};
