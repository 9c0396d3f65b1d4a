import { invalidParameter, writeFailed } from '../exceptions';
import { bool, object, optional, raw, type Read, text, trimmed, username, withDefault, word } from '../params';
import { addUser } from '../seed';
import type { Site } from '../site';
import { checkPassword } from './password';
import { checkWidths, isEmail, isEmailTaken, isUsernameTaken, profileParams, settled } from './user-profile';

/** Whether Moodle itself keeps the password. */
const AUTHENTICATION: ReadonlyMap<string, boolean> = new Map([
  ['manual', true],
  ['email', true],
  ['none', true],
  ['webservice', true],
  ['nologin', false],
  ['oauth2', false],
  ['ldap', false],
  ['db', false],
  ['cas', false],
  ['lti', false],
  ['shibboleth', false],
]);

export const newUser = object({
  username,
  auth: withDefault(word, 'manual'),
  createpassword: withDefault(bool, false),
  password: optional(raw),
  firstname: text,
  lastname: text,
  email: trimmed,
  ...profileParams,
});
type NewUser = Read<typeof newUser>;

export async function createUsers({ users }: { readonly users: readonly NewUser[] }, site: Site): Promise<unknown> {
  const created = [];
  for (const user of users) {
    checkNewUser(site, user);
    // Not awaited when there is nothing to wait for: another call could come between.
    const pause = site.inserts.pause();
    if (pause !== undefined) await pause;
    created.push(insertUser(site, user));
  }
  return created;
}

function checkNewUser(site: Site, user: NewUser): void {
  const internal = AUTHENTICATION.get(user.auth);
  const wrong =
    user.username === '' ||
    user.firstname.trim() === '' ||
    user.lastname.trim() === '' ||
    isUsernameTaken(site, user.username) ||
    internal === undefined ||
    (user.lang !== undefined && !site.settings.languages.includes(user.lang)) ||
    !isEmail(user.email) ||
    isEmailTaken(site, user.email) ||
    (internal && !user.createpassword && (user.password ?? '') === '');
  if (wrong) throw invalidParameter();
  if (internal && !user.createpassword && user.password !== undefined) checkPassword(user.password);
}

/** Only the username has a unique index; one e-mail can come in twice at the same time. */
function insertUser(site: Site, user: NewUser): unknown {
  const values = { ...settled(site, user, {}), username: user.username };
  checkWidths(values);
  const { id } = addUser(site, values);
  if (isUsernameTaken(site, user.username, id)) throw writeFailed();
  return { id, username: user.username };
}
