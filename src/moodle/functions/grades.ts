import { z } from 'zod';
import { defineFunction } from '../moodle-function';

/**
 * Into one activity: 0 when all were taken, 1 when some were not, as locked grades are not; 2 or 4 when none was. Moodle
 * ignores unknown users in silence, and lowers what is above the activity's maximum to it. Up to 5.1 it takes feedback, and
 * drops it.
 */
export const updateGrades = defineFunction<{
  /** who says so; Moodle keeps it in its history of grades */
  source: string;
  courseid: number;
  /** such as `mod_assign` */
  component: string;
  /** the course module's id */
  activityid: number;
  itemnumber: number;
  grades: readonly { studentid: number; grade: number; str_feedback?: string }[];
}>()('core_grades_update_grades', true, z.int(), 'moodle/grade:edit');
