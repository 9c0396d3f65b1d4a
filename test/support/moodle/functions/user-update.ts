import { invalidResponse, MoodleException, moodleException, writeFailed } from '../exceptions';
import { bool, int, object, optional, raw, type Read, text, trimmed, username, word } from '../params';
import type { Site } from '../site';
import { atomically } from '../table';
import type { Warning } from './function';
import { checkPassword, isPasswordPolicy } from './password';
import { checkWidths, isEmail, isEmailTaken, isUsernameTaken, profileParams, settled } from './user-profile';

const GUEST = 1;
const ADMIN = 2;

export const changedUser = object({
  id: int,
  username: optional(username),
  auth: optional(word),
  suspended: optional(bool),
  password: optional(raw),
  firstname: optional(text),
  lastname: optional(text),
  email: optional(trimmed),
  ...profileParams,
});
type ChangedUser = Read<typeof changedUser>;

/** Good items stay whatever becomes of the others. */
export async function updateUsers(
  { users }: { readonly users: readonly ChangedUser[] },
  site: Site,
  caller: number,
): Promise<unknown> {
  const warnings: Warning[] = [];
  for (const user of users)
    try {
      await atomically(() => updateUser(site, user, caller));
    } catch (error) {
      if (!(error instanceof MoodleException)) throw error;
      const { errorcode = '', message } = error;
      warnings.push({ item: 'user', itemid: user.id, warningcode: errorcode, message });
    }
  // Moodle refuses its own answer when HTML stands where a code should.
  if (warnings.some(({ warningcode }) => isPasswordPolicy(warningcode))) throw invalidResponse();
  return { warnings };
}

function updateUser(site: Site, user: ChangedUser, caller: number): void {
  const there = site.users.get(user.id);
  if (there === undefined) throw moodleException('invaliduserid', 'Invalid user ID');
  if (user.id === ADMIN && caller !== ADMIN) throw moodleException('usernotupdatedadmin');
  if (there.deleted) throw moodleException('usernotupdateddeleted');
  if (user.id === GUEST) throw moodleException('usernotupdatedguest');
  if (user.email !== undefined && user.email !== there.email) checkEmail(site, user.id, user.email);
  if (user.password !== undefined) checkPassword(user.password);
  const values = settled(site, user, there.customfields);
  checkWidths(values);
  if (user.username !== undefined && isUsernameTaken(site, user.username, user.id)) throw writeFailed();
  site.users.change(user.id, values);
}

function checkEmail(site: Site, id: number, email: string): void {
  if (!isEmail(email)) throw moodleException('useremailinvalid');
  if (isEmailTaken(site, email, id)) throw moodleException('useremailduplicate', 'Duplicate address');
}
