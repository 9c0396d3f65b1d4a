import { contextNotValid, moodleException } from '../exceptions';
import { float, int, list, object, optional, plugin, raw, type Read, withDefault } from '../params';
import type { Activity } from '../rows';
import type { Site } from '../site';
import { type FunctionTable, reads, writes } from './function';
import { getGradeItems } from './grade-items';

const grade = object({ studentid: int, grade: float, str_feedback: optional(raw) });
type NewGrade = Read<typeof grade>;

const update = {
  source: raw,
  courseid: int,
  component: plugin,
  activityid: int,
  itemnumber: int,
  grades: withDefault(list(grade), []),
};
type Update = { readonly [K in keyof typeof update]: Read<(typeof update)[K]> };

const UPDATED_OK = 0;
const UPDATE_FAILED = 1;

/** A student whom nobody knows is passed over in silence; one whose grade is locked fails the call, but not the others. */
function updateGrades({ courseid, component, activityid, grades }: Update, site: Site): number {
  const activity = site.activities.get(activityid);
  if (activity === undefined || `mod_${activity.modname}` !== component)
    throw moodleException('invalidcoursemodule', 'Invalid course module ID');
  if (site.courses.get(courseid) === undefined) throw contextNotValid('course', courseid);
  if (grades.length > 0 && !site.may('moodle/grade:edit'))
    throw moodleException('nopermissiontoviewgrades', 'You do not have permission to view grades.');
  const known = grades.filter(({ studentid }) => site.users.get(studentid) !== undefined);
  const areSet = known.map((each) => setGrade(site, activity, each));
  return areSet.every(Boolean) ? UPDATED_OK : UPDATE_FAILED;
}

/** The feedback that is sent is taken, and dropped. @returns whether it was set: a locked one is not */
function setGrade(site: Site, { id: activity, grademax }: Activity, { studentid, grade: given }: NewGrade): boolean {
  const values = { rawgrade: Math.min(Math.max(given, 0), grademax ?? 0), timemodified: site.now() };
  const there = site.grades.find((each) => each.activity === activity && each.userid === studentid);
  if (there?.locked) return false;
  if (there) site.grades.change(there.id, values);
  else site.grades.insert({ activity, userid: studentid, feedback: '', locked: false, ...values });
  return true;
}

export const gradeFunctions: FunctionTable = {
  core_grades_update_grades: writes(update, undefined, updateGrades),
  gradereport_user_get_grade_items: reads(
    { courseid: int, userid: withDefault(int, 0), groupid: withDefault(int, 0) },
    'moodle/grade:viewall',
    getGradeItems,
  ),
};
