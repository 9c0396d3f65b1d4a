import { z } from 'zod';
import { defineFunction } from '../moodle-function';

/** An enrolment, always whole: what is left out is reset. Times in seconds since 1970; 0 is open. */
export type MoodleEnrolment = {
  roleid: number;
  userid: number;
  courseid: number;
  timestart: number;
  timeend: number;
  suspend: boolean;
};

/** Atomic; repeating it is harmless. */
export const enrolUsers = defineFunction<{ enrolments: readonly MoodleEnrolment[] }>()(
  'enrol_manual_enrol_users',
  true,
  z.null(),
  'enrol/manual:enrol',
);

/** Repeating it is harmless. It takes every role and the memberships of groups along. */
export const unenrolUsers = defineFunction<{ enrolments: readonly { userid: number; courseid: number }[] }>()(
  'enrol_manual_unenrol_users',
  true,
  z.null(),
  'enrol/manual:unenrol',
);
