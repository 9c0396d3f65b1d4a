import { MOST_VARIABLES } from '../../moodle/encode-parameters';
import { getUsersByField } from '../../moodle/functions/users';
import type { MakeCall } from './moodle-calls';

/** No site has so many users. */
export const UNLIKELY_ID = 2_000_000_000;

/**
 * Whether PHP of the site reads as many variables as a call of ours may have; what exceeds its limit it drops in silence.
 * The service's own user stands last in a long list, and is found if the list was read to its end.
 *
 * @throws MoodleError
 */
export async function readsAllVariables(call: MakeCall, serviceUserId: number): Promise<boolean> {
  const strangers = Array.from({ length: MOST_VARIABLES - 2 }, (_none, at) => UNLIKELY_ID - at);
  const values = [...strangers, serviceUserId];
  const users = await call(getUsersByField, { field: 'id', values }, values.length);
  return users.some(({ id }) => id === serviceUserId);
}

export const TRUNCATES = `PHP of Moodle reads fewer than ${MOST_VARIABLES} variables and drops the rest in silence. Set max_input_vars to 1000 at least`;
