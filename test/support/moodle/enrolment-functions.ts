import type { StandInFunction } from './functions';
import { invalidParameter, missingRecord, moodleException } from './moodle-exception';
import type { Enrolment, MoodleState } from './moodle-state';
import { any, bool, type Checked, int, list, object, optional } from './parameters';

/** What a fresh site's service user may assign: student, non-editing teacher, teacher. */
const ASSIGNABLE = new Set([3, 4, 5]);

export const enrolmentFunctions: Readonly<Record<string, StandInFunction>> = {
  enrol_manual_enrol_users: {
    takes: {
      enrolments: list(
        object({
          roleid: int,
          userid: int,
          courseid: int,
          timestart: optional(int),
          timeend: optional(int),
          suspend: optional(bool),
        }),
      ),
    },
    writes: true,
    run: enrol,
  },
  enrol_manual_unenrol_users: {
    takes: { enrolments: list(object({ userid: int, courseid: int, roleid: optional(int) })) },
    writes: true,
    run: unenrol,
  },
  core_enrol_get_enrolled_users: {
    takes: { courseid: int, options: optional(list(object({ name: any, value: any }))) },
    writes: false,
    run: enrolled,
  },
};

/** Atomic, and an upsert: times and suspension that are left out are reset, another role is added. */
function enrol(state: MoodleState, { enrolments }: Checked): null {
  for (const one of enrolments) checkEnrolment(state, one);
  for (const { userid, courseid, roleid, timestart = 0, timeend = 0, suspend = false } of enrolments) {
    const known = state.enrolment(userid, courseid);
    const roles = new Set([...(known?.roles ?? []), roleid]);
    const enrolment = { userid, courseid, roles, timestart, timeend, suspended: suspend };
    if (known) Object.assign(known, enrolment);
    else state.enrolments.push(enrolment);
  }
  return null;
}

function checkEnrolment(state: MoodleState, { userid, courseid, roleid }: Checked): void {
  const course = state.course(courseid);
  if (!course) throw invalidParameter();
  if (!ASSIGNABLE.has(roleid)) throw moodleException('wsusercannotassign');
  if (!course.hasManualEnrolment) throw moodleException('wsnoinstance');
  const user = state.user(userid);
  if (!user) throw missingRecord();
  if (user.deleted) throw moodleException('userdeleted');
}

function unenrol(state: MoodleState, { enrolments }: Checked): null {
  for (const { userid, courseid } of enrolments) {
    if (!state.course(courseid)?.hasManualEnrolment) throw moodleException('wsnoinstance');
    if (!state.user(userid)) throw missingRecord();
    const at = state.enrolments.findIndex((one) => one.userid === userid && one.courseid === courseid);
    if (at >= 0) state.enrolments.splice(at, 1);
    for (const group of state.groups) if (group.courseid === courseid) group.members.delete(userid);
  }
  return null;
}

function enrolled(state: MoodleState, { courseid, options = [] }: Checked): unknown {
  const has = (name: string): boolean =>
    options.some((option: Checked) => option.name === name && option.value === '1');
  return state.enrolments
    .filter((one: Enrolment) => one.courseid === courseid)
    .filter(({ suspended }) => !(has('onlyactive') && suspended) && !(has('onlysuspended') && !suspended))
    .map(({ userid }) => state.user(userid))
    .map((user) => ({ id: user?.id, username: user?.username, fullname: `${user?.firstname} ${user?.lastname}` }));
}
