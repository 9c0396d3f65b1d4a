import { codingError } from '../exceptions';
import { int, raw, username } from '../params';
import type { User } from '../rows';
import type { Site } from '../site';
import { userDetails } from './user-details';

const GUEST = 1;

/** The value is cleaned as the field asks, so that a user name in capitals fails the whole call. */
const FIELDS = { id: int, idnumber: raw, username, email: raw } as const;
const isField = (field: string): field is keyof typeof FIELDS => Object.hasOwn(FIELDS, field);

/** Also the deleted. Compares as PostgreSQL does, with regard to case. */
export function getUsersByField(
  { field, values }: { readonly field: string; readonly values: readonly string[] },
  site: Site,
  caller: number,
): unknown {
  if (!isField(field)) throw codingError('invalid field parameter');
  const wanted = new Set(values.map((value) => String(FIELDS[field].read(value))));
  const found = [...wanted].flatMap((value) => usersOf(site, field, value)).toSorted((a, b) => a.id - b.id);
  return found.map((user) => userDetails(site, user, caller));
}

function usersOf(site: Site, field: keyof typeof FIELDS, value: string): readonly User[] {
  if (field === 'id') return [site.users.get(Number(value))].filter((user) => user !== undefined);
  const key = field === 'email' ? value.toLowerCase() : value;
  return site.users.with(field, key).filter((user) => user[field] === value);
}

const CRITERIA = [
  'id',
  'idnumber',
  'username',
  'email',
  'firstname',
  'lastname',
  'auth',
] as const satisfies (keyof User)[];

interface Criterion {
  readonly key: string;
  readonly value: string;
}

export function getUsers(
  { criteria }: { readonly criteria: readonly Criterion[] },
  site: Site,
  caller: number,
): unknown {
  const isKnown = ({ key }: Criterion): boolean => CRITERIA.some((name) => name === key);
  const matches = (user: User): boolean =>
    criteria.filter(isKnown).every(({ key, value }) => isLike(String(user[key as (typeof CRITERIA)[number]]), value));
  const found = site.users.filter((user) => user.id !== GUEST && !user.deleted && matches(user));
  const warnings = criteria
    .filter((criterion) => !isKnown(criterion))
    .map(({ key }) => ({
      item: key,
      warningcode: 'invalidfieldparameter',
      message: `The search key '${key}' is not supported, look at the web service documentation`,
    }));
  return { users: found.map((user) => userDetails(site, user, caller)), warnings };
}

/** SQL's LIKE, without regard to case. */
function isLike(value: string, pattern: string): boolean {
  const literal = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'is').test(value);
}
