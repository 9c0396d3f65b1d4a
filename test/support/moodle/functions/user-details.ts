import type { User } from '../rows';
import { type Site, SITE_URL } from '../site';

const PICTURE = `${SITE_URL}/theme/image.php/boost/core/1795386010/u`;

export const PICTURES = {
  profileimageurlsmall: `${PICTURE}/f2`,
  profileimageurl: `${PICTURE}/f1`,
};

export const fullnameOf = ({ firstname, lastname }: User): string => `${firstname} ${lastname}`;

/** As one who may see everything about a user gets it; what is empty is mostly left out. */
export function userDetails(site: Site, user: User, caller: number): object {
  return {
    ...nameDetails(user),
    ...unlessEmpty(user, ['institution', 'idnumber']),
    firstaccess: 0,
    lastaccess: 0,
    auth: user.auth,
    suspended: user.suspended,
    confirmed: true,
    lang: user.lang,
    theme: '',
    timezone: '99',
    mailformat: 1,
    trackforums: 0,
    ...unlessEmpty(user, ['city', 'country']),
    ...PICTURES,
    ...customFields(site, user),
    ...(user.id === caller ? { preferences: preferences(site) } : {}),
  };
}

export const nameDetails = (user: User): object => ({
  id: user.id,
  username: user.username,
  firstname: user.firstname,
  lastname: user.lastname,
  fullname: fullnameOf(user),
  email: user.email,
  ...unlessEmpty(user, ['address', 'phone1', 'phone2']),
  department: user.department,
});

export const unlessEmpty = (user: User, keys: readonly (keyof User)[]): object =>
  Object.fromEntries(keys.map((key) => [key, user[key]]).filter(([, value]) => value !== ''));

export function customFields(site: Site, user: User): object {
  const customfields = Object.entries(site.settings.profileFields).flatMap(([shortname, name]) => {
    const value = user.customfields[shortname];
    return value === undefined ? [] : [{ type: 'text', value, displayvalue: value, name, shortname }];
  });
  return customfields.length === 0 ? {} : { customfields };
}

/** Everyone's are their own. */
const preferences = (site: Site): object[] => [
  { name: 'auth_manual_passwordupdatetime', value: String(site.now()) },
  { name: 'last_time_enrolments_synced', value: String(site.now()) },
  { name: '_lastloaded', value: site.now() },
];
