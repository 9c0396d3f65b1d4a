import type { StandInFunction } from './functions';
import { invalidParameter, MoodleException, missingRecord, moodleException, writeFailed } from './moodle-exception';
import type { MoodleState, User } from './moodle-state';
import { any, bool, type Checked, int, list, object, optional, text, username } from './parameters';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const AUTHS = new Set(['manual', 'oauth2', 'oidc', 'saml2', 'ldap', 'nologin']);
const PASSWORD = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[^A-Za-z0-9]).{8,}$/;
const RESPONSE = 'core\\exception\\invalid_response_exception';
const WEAK = '<div>Passwords must be at least 8 characters long.</div>';

const custom = optional(list(object({ type: any, value: any })));
const fields = {
  password: optional(any),
  createpassword: optional(bool),
  auth: optional(any),
  idnumber: optional(any),
  lang: optional(any),
  country: optional(any),
  city: optional(any),
  department: optional(any),
  institution: optional(any),
  phone1: optional(any),
  timezone: optional(any),
  suspended: optional(bool),
  customfields: custom,
};

export const userFunctions: Readonly<Record<string, StandInFunction>> = {
  core_user_create_users: {
    takes: {
      users: list(object({ ...fields, username, firstname: text, lastname: text, email: any })),
    },
    writes: true,
    run: createUsers,
  },
  core_user_get_users_by_field: { takes: { field: any, values: list(any) }, writes: false, run: findUsers },
  core_user_update_users: {
    takes: {
      users: list(
        object({
          ...fields,
          id: int,
          username: optional(username),
          firstname: optional(text),
          lastname: optional(text),
          email: optional(any),
        }),
      ),
    },
    writes: true,
    run: updateUsers,
  },
  core_user_delete_users: { takes: { userids: list(int) }, writes: true, run: deleteUsers },
};

/** Atomic: one faulty item, and none is created. */
function createUsers(state: MoodleState, { users }: Checked): unknown {
  const added: Partial<User>[] = [];
  for (const user of users) {
    if (isFaulty(state, [...state.users, ...(added as User[])], user)) throw invalidParameter();
    if (user.password !== undefined && !PASSWORD.test(user.password)) throw moodleException(WEAK, WEAK);
    if (user.firstname.length > 100 || user.lastname.length > 100 || (user.idnumber ?? '').length > 255)
      throw writeFailed();
    added.push({ ...pick(user), deleted: false });
  }
  return added.map((user) => state.addUser(user)).map(({ id, username: name }) => ({ id, username: name }));
}

function isFaulty(_state: MoodleState, known: readonly User[], user: Checked): boolean {
  const isExternal = user.auth !== undefined && user.auth !== 'manual';
  if (user.username === '' || user.firstname.trim() === '' || user.lastname.trim() === '') return true;
  if (user.auth !== undefined && !AUTHS.has(user.auth)) return true;
  if (user.lang !== undefined && user.lang !== 'en') return true;
  if (!EMAIL.test(user.email)) return true;
  if (!isExternal && user.password === undefined && user.createpassword !== true) return true;
  return known.some(
    (other) => !other.deleted && (other.username === user.username || sameEmail(other.email, user.email)),
  );
}

const sameEmail = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const pick = ({ username: name, firstname, lastname, email, idnumber, auth, suspended }: Checked): Partial<User> =>
  Object.fromEntries(
    Object.entries({ username: name, firstname, lastname, email, idnumber, auth, suspended }).filter(
      ([, value]) => value !== undefined,
    ),
  );

/** The user of the token, who is no student. */
const SERVICE: User = {
  id: 3,
  username: 'svc_sis',
  firstname: 'SIS',
  lastname: 'Service',
  email: 'sis@moodle.example',
  idnumber: '',
  auth: 'manual',
  suspended: false,
  deleted: false,
};

function findUsers(state: MoodleState, { field, values }: Checked): unknown {
  if (!['id', 'idnumber', 'username', 'email'].includes(field)) {
    throw new MoodleException('core\\exception\\coding_exception', 'codingerror', 'Coding error detected');
  }
  if (field === 'id' && values.some((value: string) => !/^\d+$/.test(value))) throw invalidParameter();
  if (field === 'username' && values.some((value: string) => value !== value.toLowerCase())) throw invalidParameter();
  return [SERVICE, ...state.users]
    .filter((user) => field === 'id' || !user.deleted)
    .filter((user) => values.includes(String(user[field as keyof User])))
    .map(describe);
}

const describe = ({ deleted: _deleted, idnumber, ...user }: User): unknown => ({
  ...user,
  // Moodle leaves out what is empty.
  ...(idnumber !== '' && { idnumber }),
  fullname: `${user.firstname} ${user.lastname}`,
  department: '',
  firstaccess: 0,
  lastaccess: 0,
  confirmed: true,
  lang: 'en',
  theme: '',
  timezone: '99',
  mailformat: 1,
  trackforums: 0,
  profileimageurlsmall: 'https://moodle.example/f2',
  profileimageurl: 'https://moodle.example/f1',
});

/** Not atomic: good items are kept, of the others there are warnings. */
function updateUsers(state: MoodleState, { users }: Checked): unknown {
  const warnings: unknown[] = [];
  let isWeak = false;
  for (const user of users) {
    const known = state.user(user.id);
    const code = faultOf(state, known, user);
    if (code) warnings.push({ item: 'user', itemid: user.id, warningcode: code, message: `error/${code}` });
    else if (user.password !== undefined && !PASSWORD.test(user.password)) isWeak = true;
    else if (known) Object.assign(known, pick(user));
  }
  if (isWeak) throw new MoodleException(RESPONSE, 'invalidresponse', 'Invalid response value detected');
  return { warnings };
}

function faultOf(state: MoodleState, known: User | undefined, user: Checked): string | null {
  if (!known) return 'invaliduserid';
  if (known.deleted) return 'usernotupdateddeleted';
  const others = state.users.filter((other) => other.id !== known.id && !other.deleted);
  if (user.email !== undefined && !EMAIL.test(user.email)) return 'useremailinvalid';
  if (user.email !== undefined && others.some((other) => sameEmail(other.email, user.email)))
    return 'useremailduplicate';
  if (user.username !== undefined && others.some((other) => other.username === user.username))
    return 'dmlwriteexception';
  return null;
}

function deleteUsers(state: MoodleState, { userids }: Checked): null {
  if (userids.includes(2)) throw moodleException('useradminodelete');
  const users = userids.map((id: number) => state.user(id));
  if (users.some((user: User | undefined) => !user || user.deleted)) throw missingRecord();
  for (const user of users)
    Object.assign(user, { deleted: true, username: `${user.email}.1`, idnumber: '', email: 'gone' });
  return null;
}
