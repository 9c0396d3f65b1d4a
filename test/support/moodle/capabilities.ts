/** As Moodle names them in the message of `nopermissions`. */
export const CAPABILITIES = {
  'moodle/user:create': 'Create users',
  'moodle/user:update': 'Update user profiles',
  'moodle/user:delete': 'Delete users',
  'moodle/category:manage': 'Manage categories',
  'moodle/course:create': 'Create courses',
  'moodle/course:update': 'Update course settings',
  'moodle/course:delete': 'Delete courses',
  'moodle/course:managegroups': 'Manage groups',
  'moodle/course:viewparticipants': 'View participants',
  'moodle/course:viewhiddensections': 'View hidden sections',
  'moodle/cohort:manage': 'Create, delete and move cohorts',
  'moodle/cohort:assign': 'Add and remove cohort members',
  'moodle/cohort:view': 'View site-wide cohorts',
  'moodle/role:assign': 'Assign roles to users',
  'moodle/grade:edit': 'Edit grades',
  'moodle/grade:viewall': 'View grades of other users',
  'enrol/manual:enrol': 'Enrol users',
  'enrol/manual:unenrol': 'Unenrol users from the course',
} as const;

export type Capability = keyof typeof CAPABILITIES;
