import { z } from 'zod';
import { defineFunction } from '../moodle-function';
import { warnings } from './warnings';

const category = z.object({ id: z.int(), name: z.string(), idnumber: z.string().nullish(), parent: z.int() });

const course = z.object({
  id: z.int(),
  shortname: z.string(),
  fullname: z.string(),
  idnumber: z.string().default(''),
  categoryid: z.int().optional(),
  format: z.string().optional(),
});
export type MoodleCourse = z.infer<typeof course>;

/** What a course is to be; dates in seconds since 1970. */
export type CourseFields = {
  fullname?: string;
  shortname?: string;
  categoryid?: number;
  idnumber?: string;
  visible?: boolean;
  startdate?: number;
  enddate?: number;
};
export type NewMoodleCourse = CourseFields & {
  fullname: string;
  shortname: string;
  categoryid: number;
  format?: string;
  numsections?: number;
};

export const getCategories = defineFunction<{
  criteria: readonly { key: 'id' | 'idnumber' | 'parent'; value: string | number }[];
  addsubcategories?: boolean;
}>()('core_course_get_categories', false, z.array(category));

/** Atomic. */
export const createCategories = defineFunction<{
  categories: readonly { name: string; idnumber: string; parent: number }[];
}>()('core_course_create_categories', true, z.array(z.object({ id: z.int() })), 'moodle/category:manage');

export const updateCategories = defineFunction<{
  categories: readonly { id: number; name?: string; idnumber?: string }[];
}>()('core_course_update_categories', true, z.null(), 'moodle/category:manage');

/** Case-sensitive on PostgreSQL. */
export const getCoursesByField = defineFunction<{ field: 'id' | 'idnumber' | 'shortname'; value: string | number }>()(
  'core_course_get_courses_by_field',
  false,
  z.object({ courses: z.array(course) }),
);

/** Atomic. */
export const createCourses = defineFunction<{ courses: readonly NewMoodleCourse[] }>()(
  'core_course_create_courses',
  true,
  z.array(z.object({ id: z.int() })),
  'moodle/course:create',
);

/** Not atomic: faulty items are told of in warnings, by the course's id. */
export const updateCourses = defineFunction<{ courses: readonly (CourseFields & { id: number })[] }>()(
  'core_course_update_courses',
  true,
  warnings,
  'moodle/course:update',
);
