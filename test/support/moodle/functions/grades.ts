import { contextNotValid, moodleException } from '../exceptions';
import { float, int, list, object, optional, plugin, raw, type Read, withDefault } from '../params';
import type { Activity } from '../rows';
import type { Site } from '../site';
import { type FunctionTable, reads, writesAtomically } from './function';
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

/** A student whom nobody knows is passed over in silence. */
function updateGrades({ courseid, component, activityid, grades }: Update, site: Site): number {
  const activity = site.activities.get(activityid);
  if (activity === undefined || `mod_${activity.modname}` !== component)
    throw moodleException('invalidcoursemodule', 'Invalid course module ID');
  if (site.courses.get(courseid) === undefined) throw contextNotValid('course', courseid);
  for (const each of grades) if (site.users.get(each.studentid) !== undefined) setGrade(site, activity, each);
  return UPDATED_OK;
}

function setGrade(
  site: Site,
  { id: activity, grademax }: Activity,
  { studentid, grade: given, str_feedback }: NewGrade,
): void {
  const values = {
    rawgrade: Math.min(Math.max(given, 0), grademax ?? 0),
    feedback: str_feedback ?? '',
    timemodified: site.now(),
  };
  const there = site.grades.find((each) => each.activity === activity && each.userid === studentid);
  if (there === undefined) site.grades.insert({ activity, userid: studentid, ...values });
  else site.grades.change(there.id, values);
}

export const gradeFunctions: FunctionTable = {
  core_grades_update_grades: writesAtomically(update, 'moodle/grade:manage', updateGrades),
  gradereport_user_get_grade_items: reads(
    { courseid: int, userid: withDefault(int, 0), groupid: withDefault(int, 0) },
    'moodle/grade:viewall',
    getGradeItems,
  ),
};
