import { z } from 'zod';
import { defineFunction } from '../moodle-function';
import { warnings } from './warnings';

const user = z.object({
  id: z.int(),
  username: z.string(),
  firstname: z.string().default(''),
  lastname: z.string().default(''),
  email: z.string().default(''),
  idnumber: z.string().default(''),
  suspended: z.boolean().default(false),
});
export type MoodleUser = z.infer<typeof user>;

/** A type rather than an interface: only that can be a parameter. */
export type NewMoodleUser = {
  username: string;
  auth: string;
  createpassword?: boolean;
  firstname: string;
  lastname: string;
  email: string;
  idnumber: string;
  suspended?: undefined;
};

export type MoodleUserChange = {
  id: number;
  username?: string;
  firstname?: string;
  lastname?: string;
  email?: string;
  idnumber?: string;
  suspended?: boolean;
};

/** Absent users are just absent. One username with upper case fails the call; e-mail matches case-sensitively. */
export const getUsersByField = defineFunction<{
  field: 'id' | 'idnumber' | 'username' | 'email';
  values: readonly (string | number)[];
}>()('core_user_get_users_by_field', false, z.array(user), 'moodle/user:viewdetails');

/** Atomic. A taken idnumber is accepted. */
export const createUsers = defineFunction<{ users: readonly NewMoodleUser[] }>()(
  'core_user_create_users',
  true,
  z.array(z.object({ id: z.int(), username: z.string() })),
  'moodle/user:create',
);

/** Not atomic: faulty items are told of in warnings, by the user's id. */
export const updateUsers = defineFunction<{ users: readonly MoodleUserChange[] }>()(
  'core_user_update_users',
  true,
  warnings,
  'moodle/user:update',
);
