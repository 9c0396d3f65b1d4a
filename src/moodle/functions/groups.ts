import { z } from 'zod';
import { defineFunction } from '../moodle-function';

const group = z.object({ id: z.int(), courseid: z.int(), name: z.string(), idnumber: z.string().default('') });
export type MoodleGroup = z.infer<typeof group>;

export const getCourseGroups = defineFunction<{ courseid: number }>()(
  'core_group_get_course_groups',
  false,
  z.array(group),
  'moodle/course:managegroups',
);

/** Atomic. A taken name is `invalidparameter`. */
export const createGroups = defineFunction<{
  groups: readonly { courseid: number; name: string; description: string; idnumber: string }[];
}>()('core_group_create_groups', true, z.array(z.object({ id: z.int() })), 'moodle/course:managegroups');

export const updateGroups = defineFunction<{ groups: readonly { id: number; name: string; idnumber: string }[] }>()(
  'core_group_update_groups',
  true,
  z.null(),
  'moodle/course:managegroups',
);

export type MoodleMember = { groupid: number; userid: number };

/** Repeating it is harmless; one user who is not enrolled fails the call. */
export const addGroupMembers = defineFunction<{ members: readonly MoodleMember[] }>()(
  'core_group_add_group_members',
  true,
  z.null(),
  'moodle/course:managegroups',
);

export const deleteGroupMembers = defineFunction<{ members: readonly MoodleMember[] }>()(
  'core_group_delete_group_members',
  true,
  z.null(),
  'moodle/course:managegroups',
);
