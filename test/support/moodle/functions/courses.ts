import { int, list, object, optional, raw, withDefault, word } from '../params';
import { getContents } from './course-contents';
import { changedCourse, newCourse } from './course-params';
import { getCourses, getCoursesByField } from './course-read';
import { createCourses, deleteCourses, updateCourses } from './course-write';
import { type FunctionTable, reads, writes, writesAtomically } from './function';

const ids = object({ ids: optional(list(int)) });

export const courseFunctions: FunctionTable = {
  core_course_create_courses: writesAtomically({ courses: list(newCourse) }, 'moodle/course:create', createCourses),
  core_course_update_courses: writes({ courses: list(changedCourse) }, undefined, updateCourses),
  core_course_delete_courses: writes({ courseids: list(int) }, undefined, deleteCourses),
  core_course_get_courses_by_field: reads(
    { field: withDefault(word, ''), value: withDefault(raw, '') },
    undefined,
    getCoursesByField,
  ),
  core_course_get_courses: reads({ options: withDefault(ids, { ids: undefined }) }, undefined, getCourses),
  core_course_get_contents: reads(
    { courseid: int, options: withDefault(list(object({ name: word, value: raw })), []) },
    undefined,
    getContents,
  ),
};
