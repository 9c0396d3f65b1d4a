import { Injectable } from '@nestjs/common';
import {
  createUsers,
  getUsersByField,
  type MoodleUser,
  type MoodleUserChange,
  updateUsers,
} from '../../moodle/functions/users';
import { MoodleError } from '../../moodle/moodle-error';
import { type MoodleCalls, truncated } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope, WantedUser } from '../wanted/push-source';
import { idIn } from '../wanted/subject';
import type { ClaimedTarget } from '../targets/target';
import { conflict, fail, inDoubt, nothing, perItem, pushedOr } from './outcomes';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

/** A user as Moodle is to have it. */
interface MoodleUserFields {
  readonly username: string;
  readonly email: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly idnumber: string;
}

/** `fields` null: the person is not stored any longer, and the user only suspended. */
interface WantedMoodleUser {
  readonly fields: MoodleUserFields | null;
  readonly auth: string;
  readonly suspended: boolean;
}

interface UserWork extends Work<WantedMoodleUser> {
  /** Moodle's id as Zoho has it */
  readonly hint: number | null;
}

type PreparedUser = Prepared<WantedMoodleUser, UserWork>;

/** All that a worker has in its hands: a call may have 900 variables. */
const LOOKED_UP_AT_ONCE = 500;

/** Moodle's own rule. */
const USERNAME = /^[a-z0-9._@-]{1,100}$/;

/** A person as a user of Moodle. Users are made, adopted, changed and suspended, never deleted. */
@Injectable()
export class UserKind implements TargetKind<WantedMoodleUser, UserWork> {
  readonly kind = 'user';
  readonly functions = [getUsersByField, createUsers, updateUsers];

  constructor(private readonly rows: PushRows) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<PreparedUser[]> {
    const users = await this.rows.readUsers(
      scope,
      targets.map(({ subject }) => subject),
    );
    return targets.map((target) => prepareOne(target, users.get(target.subject), scope.settings.auth));
  }

  async push(calls: MoodleCalls, works: readonly UserWork[], results: Map<ClaimedTarget, Pushed>): Promise<void> {
    const found = await lookUp(calls, works.filter(isToBeFound));
    const creates: UserWork[] = [];
    const updates = new Map<UserWork, MoodleUserChange>();
    const matched = new Set<number>();
    for (const work of works) {
      const { target } = work;
      const match = isToBeFound(work) ? found.match(work) : { id: target.moodleId ?? 0, suspended: false };
      if (match === 'conflict' || (match && matched.has(match.id))) results.set(target, conflict(found.explain(work)));
      else if (match && isToBeAdopted(work, match)) results.set(target, { outcome: 'adopted', moodleId: match.id });
      else if (match) updates.set(work, changeOf(match.id, work.wanted));
      else if (work.wanted.suspended) results.set(target, { moodleId: null });
      else if (target.mayStillHappen) results.set(target, inDoubt());
      else creates.push(work);
      if (match && match !== 'conflict') matched.add(match.id);
    }
    for (const [work, result] of await this.create(calls, creates)) results.set(work.target, result);
    for (const [work, result] of await this.update(calls, updates)) results.set(work.target, result);
  }

  private async create(calls: MoodleCalls, works: readonly UserWork[]): Promise<Map<UserWork, Pushed>> {
    const made = await calls.inPortions(
      createUsers,
      works,
      (some) => ({
        users: some.flatMap(({ wanted: { fields, auth } }) =>
          fields ? [{ ...fields, auth, ...(auth === 'manual' && { createpassword: true }) }] : [],
        ),
      }),
      (answer, some) => {
        const ids = new Map(answer.map(({ id, username }) => [username, id]));
        return some.map(({ wanted }) => ids.get(wanted.fields?.username ?? '') ?? truncated(createUsers.name));
      },
    );
    return new Map([...made].map(([work, id]) => [work, pushedOr(work.target, id)]));
  }

  private async update(
    calls: MoodleCalls,
    changes: ReadonlyMap<UserWork, MoodleUserChange>,
  ): Promise<Map<UserWork, Pushed>> {
    const results = await sendChanges(calls, changes);
    // An address that another of them has given up meanwhile is free now.
    const again = [...changes].filter(([work]) => isTaken(results.get(work)));
    if (again.length < changes.size)
      for (const [work, id] of await sendChanges(calls, new Map(again))) results.set(work, id);
    // Whoever is to be suspended is, whatever else of the change Moodle refuses.
    const refused = [...changes].filter(([work]) => work.wanted.suspended && isRefused(results.get(work)));
    await sendChanges(calls, new Map(refused.map(([work, { id }]) => [work, { id, suspended: true }])));
    return new Map([...results].map(([work, id]) => [work, pushedOr(work.target, id)]));
  }
}

/** Not atomic: what Moodle refuses is told of by the user's id. */
async function sendChanges(
  calls: MoodleCalls,
  changes: ReadonlyMap<UserWork, MoodleUserChange>,
): Promise<Map<UserWork, number | MoodleError>> {
  const sent = await calls.inPortions(
    updateUsers,
    [...changes],
    (some) => ({ users: some.map(([, change]) => change) }),
    (answer, some) =>
      perItem(
        updateUsers,
        answer,
        some.map(([, { id }]) => id),
      ),
  );
  return new Map([...sent].map(([[work], result]) => [work, result]));
}

/** The address, or the username, is another user's. */
const TAKEN = new Set(['useremailduplicate', 'dmlwriteexception']);
const isTaken = (result: unknown): boolean => result instanceof MoodleError && TAKEN.has(result.errorcode);

const isRefused = (result: unknown): boolean => result instanceof MoodleError && result.fault === 'record';

/** Somebody who is in use and has only just been found is suspended when the brake has looked. */
const isToBeAdopted = ({ target, wanted }: UserWork, { suspended }: Pick<MoodleUser, 'suspended'>): boolean =>
  target.moodleId === null && wanted.suspended && !suspended;

const isToBeFound = ({ target }: UserWork): boolean => target.moodleId === null || target.isDoubtful;

function prepareOne(target: ClaimedTarget, user: WantedUser | undefined, auth: string): PreparedUser {
  if (!user || user.standing === 'pending') {
    if (target.moodleId === null) return { target, settlement: nothing() };
    return suspendedAlone(target, auth);
  }
  const isEnding = user.standing === 'suspended' && target.moodleId !== null;
  const username = user.email?.toLowerCase() ?? '';
  if (isEnding && !USERNAME.test(username)) return suspendedAlone(target, auth);
  if (user.email === null)
    return { target, settlement: fail('no_email', 'has no e-mail address. Give it one in Zoho') };
  if (!USERNAME.test(username)) {
    const message = 'The e-mail address cannot be a username of Moodle, which may hold a-z 0-9 . _ - @';
    return { target, settlement: fail('username_unusable', message) };
  }
  const fields = {
    username,
    email: user.email,
    firstname: user.firstName,
    lastname: user.lastName,
    idnumber: idIn(target.subject),
  };
  const suspended = user.standing === 'suspended';
  const hint = user.moodleHint;
  return { target, wanted: { fields, auth, suspended }, isActive: !suspended, hint };
}

const suspendedAlone = (target: ClaimedTarget, auth: string): PreparedUser => ({
  target,
  wanted: { fields: null, auth, suspended: true },
  isActive: false,
  hint: null,
});

const changeOf = (id: number, { fields, suspended }: WantedMoodleUser): MoodleUserChange => ({
  id,
  ...fields,
  suspended,
});

/** Users of Moodle that may be the wanted ones. */
class FoundUsers {
  constructor(private readonly users: readonly MoodleUser[]) {}

  /**
   * By the stored id, else idnumber, username, e-mail. What another record of ours has is no match but a conflict. Zoho's
   * own id decides among several of one address, and finds a user who bears the same name and is nobody's.
   */
  match({ target, wanted: { fields }, hint }: UserWork): MoodleUser | 'conflict' | null {
    const byId = this.users.filter(({ id }) => id === target.moodleId);
    if (!fields) return byId[0] ?? null;
    const own = byId.filter((user) => isSame(user, fields));
    const byNumber = this.users.filter(({ idnumber }) => idnumber === fields.idnumber);
    if (own[0]) return own[0];
    if (byNumber.length > 0) return only(byNumber);
    const others = this.users.filter(
      ({ username, email }) => username === fields.username || isSameEmail(email, fields.email),
    );
    if (others.length === 0) return this.users.find((user) => user.id === hint && isNamed(user, fields)) ?? null;
    if (others.some(({ idnumber }) => idnumber !== '')) return 'conflict';
    const isNameFree = others.every(({ username }) => username !== fields.username);
    return (isNameFree && others.find(({ id }) => id === hint)) || only(others);
  }

  explain({ wanted: { fields }, hint }: UserWork): string {
    const ids = this.users
      .filter((user) => fields && (user.id === hint || isSame(user, fields)))
      .map(({ id }) => id)
      .join(', ');
    return `Users ${ids} of Moodle could be this person, or belong to another record. Correct their ID number, username or e-mail address in Moodle, then retry`;
  }
}

const only = (users: readonly MoodleUser[]): MoodleUser | 'conflict' => {
  const [first] = users;
  return first && users.every(({ id }) => id === first.id) ? first : 'conflict';
};

const isSameEmail = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const isNamed = ({ idnumber, ...user }: MoodleUser, { firstname, lastname }: MoodleUserFields): boolean =>
  idnumber === '' && fullName(user) === fullName({ firstname, lastname });

const fullName = ({ firstname, lastname }: Pick<MoodleUser, 'firstname' | 'lastname'>): string =>
  `${firstname} ${lastname}`.toLowerCase();

const isSame = (user: MoodleUser, { idnumber, username, email }: MoodleUserFields): boolean =>
  user.idnumber === idnumber || user.username === username || isSameEmail(user.email, email);

/** Found by the id all the same; Moodle puts a hash in the place of the address. */
const isDeleted = ({ email }: MoodleUser): boolean => /^[0-9a-f]{32}$/.test(email);

async function lookUp(calls: MoodleCalls, works: readonly UserWork[]): Promise<FoundUsers> {
  const fields = works.flatMap(({ wanted }) => (wanted.fields ? [wanted.fields] : []));
  const asked = {
    id: [...new Set(works.flatMap(({ target, hint }) => [target.moodleId, hint]).filter((id) => id !== null))],
    idnumber: fields.map(({ idnumber }) => idnumber),
    username: fields.map(({ username }) => username),
    // Moodle compares the case of addresses here, and not where it refuses duplicates.
    email: [...new Set(fields.flatMap(({ email }) => [email, email.toLowerCase()]))],
  };
  const found = new Map<number, MoodleUser>();
  for (const [field, values] of Object.entries(asked) as [keyof typeof asked, (string | number)[]][]) {
    for (let at = 0; at < values.length; at += LOOKED_UP_AT_ONCE) {
      const some = values.slice(at, at + LOOKED_UP_AT_ONCE);
      const users = await calls.call(getUsersByField, { field, values: some }, some.length);
      for (const user of users) if (!isDeleted(user)) found.set(user.id, user);
    }
  }
  return new FoundUsers([...found.values()]);
}
