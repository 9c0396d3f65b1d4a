import { writeFailed } from '../exceptions';
import { int, list, object, optional, plugin, raw, text, word } from '../params';
import type { User } from '../rows';
import type { Site } from '../site';

/** What a user may have besides names and address; the ones below the line are taken and not kept. */
export const profileParams = {
  idnumber: optional(raw),
  institution: optional(text),
  department: optional(text),
  phone1: optional(text),
  phone2: optional(text),
  address: optional(text),
  city: optional(text),
  country: optional(word),
  lang: optional(word),
  customfields: optional(list(object({ type: word, value: raw }))),

  maildisplay: optional(int),
  timezone: optional(raw),
  description: optional(raw),
  firstnamephonetic: optional(text),
  lastnamephonetic: optional(text),
  middlename: optional(text),
  alternatename: optional(text),
  interests: optional(text),
  mailformat: optional(int),
  theme: optional(plugin),
  calendartype: optional(plugin),
  preferences: optional(list(object({ type: raw, value: raw }))),
};

interface Given {
  readonly country?: string | undefined;
  readonly lang?: string | undefined;
  readonly customfields?: readonly { readonly type: string; readonly value: string }[] | undefined;
}

const KEPT = [
  'username',
  'auth',
  'firstname',
  'lastname',
  'email',
  'idnumber',
  'institution',
  'department',
  'phone1',
  'phone2',
  'address',
  'city',
  'suspended',
] as const satisfies readonly (keyof User)[];

/** What is stored of what was given: a country that does not exist is blanked, a custom field that does not is left out. */
export function settled(site: Site, given: Given, before: User['customfields']): Partial<Omit<User, 'id'>> {
  const { country, lang, customfields = [] } = given;
  const fields = customfields.filter(({ type }) => Object.hasOwn(site.settings.profileFields, type));
  const kept = KEPT.map((key) => [key, (given as Readonly<Record<string, unknown>>)[key]]).filter(
    ([, value]) => value !== undefined,
  );
  return {
    ...Object.fromEntries(kept),
    ...(country === undefined ? {} : { country: isCountry(country) ? country : '' }),
    ...(lang === undefined ? {} : { lang }),
    customfields: { ...before, ...Object.fromEntries(fields.map(({ type, value }) => [type, value])) },
  };
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) && code !== 'XX' && countries.of(code) !== undefined;

const WIDTHS = {
  username: 100,
  firstname: 100,
  lastname: 100,
  email: 100,
  idnumber: 255,
  institution: 255,
  department: 255,
  phone1: 20,
  phone2: 20,
  address: 255,
  city: 120,
} as const;

/** The database refuses what is longer than its column. */
export function checkWidths(values: object, widths: Readonly<Record<string, number>> = WIDTHS): void {
  for (const [key, value] of Object.entries(values))
    if (typeof value === 'string' && Array.from(value).length > (widths[key] ?? Infinity)) throw writeFailed();
}

export const isEmail = (email: string): boolean => /^[^\s@<>"(),:;\\[\]]+@[a-z\d-]+(\.[a-z\d-]+)+$/i.test(email);

export const isEmailTaken = (site: Site, email: string, butFor?: number): boolean =>
  site.users.with('email', email.toLowerCase()).some(({ id }) => id !== butFor);

export const isUsernameTaken = (site: Site, username: string, butFor?: number): boolean =>
  site.users.with('username', username).some(({ id }) => id !== butFor);
