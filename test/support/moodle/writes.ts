/** The functions that bring a small college to an empty Moodle, each of which changes something there. */
export const WRITES = [
  'core_user_create_users',
  'core_course_create_courses',
  'core_courseformat_update_course',
  'core_update_inplace_editable',
  'core_group_create_groups',
  'enrol_manual_enrol_users',
  'core_group_add_group_members',
] as const;
