import { contextNotValid, invalidParameter } from '../exceptions';
import type { Enrolment, User } from '../rows';
import { ROLES, type Site } from '../site';
import { customFields, fullnameOf, nameDetails, PICTURES, unlessEmpty } from './user-details';

interface Option {
  readonly name: string;
  readonly value: string;
}

const OPTIONS = [
  'withcapability',
  'groupid',
  'onlyactive',
  'onlysuspended',
  'userfields',
  'limitfrom',
  'limitnumber',
  'sortby',
  'sortdirection',
];

export function getEnrolledUsers(
  { courseid, options }: { readonly courseid: number; readonly options: readonly Option[] },
  site: Site,
): unknown {
  if (site.courses.get(courseid) === undefined) throw contextNotValid('course', courseid);
  if (options.some(({ name }) => !OPTIONS.includes(name))) throw invalidParameter();
  const option = (name: string): string | undefined => options.find((each) => each.name === name)?.value;
  const fields = option('userfields')?.split(',');
  const from = Number(option('limitfrom') ?? 0);
  const number = Number(option('limitnumber') ?? 0);
  return site.enrolments
    .filter((each) => each.courseid === courseid && isListed(site, each, option))
    .flatMap(({ userid }) => site.users.get(userid) ?? [])
    .toSorted((a, b) => a.id - b.id)
    .slice(from, number === 0 ? undefined : from + number)
    .map((user) => only(fields, enrolledUser(site, user, courseid)));
}

function isListed(site: Site, enrolment: Enrolment, option: (name: string) => string | undefined): boolean {
  const [active, suspended] = [option('onlyactive') === '1', option('onlysuspended') === '1'];
  if (active && suspended) throw invalidParameter();
  const group = Number(option('groupid') ?? 0);
  const isInGroup = site.groupMembers.some(({ groupid, userid }) => groupid === group && userid === enrolment.userid);
  if (group !== 0 && !isInGroup) return false;
  return active ? isActive(site, enrolment) : !suspended || !isActive(site, enrolment);
}

/** One that has not begun or has ended is no more active than a suspended one. */
function isActive(site: Site, { suspended, timestart, timeend }: Enrolment): boolean {
  const now = site.now();
  return !suspended && timestart <= now && (timeend === 0 || timeend > now);
}

/** The id and the full name come unasked. */
const only = (fields: readonly string[] | undefined, user: object): object =>
  fields === undefined
    ? user
    : Object.fromEntries(Object.entries(user).filter(([key]) => [...fields, 'id', 'fullname'].includes(key)));

const enrolledUser = (site: Site, user: User, courseid: number): object => ({
  ...nameDetails(user),
  fullname: fullnameOf(user),
  ...unlessEmpty(user, ['institution', 'idnumber', 'city', 'country']),
  firstaccess: 0,
  lastaccess: 0,
  lastcourseaccess: 0,
  ...PICTURES,
  ...customFields(site, user),
  ...groupsOf(site, user.id, courseid),
  roles: rolesOf(site, user.id, courseid),
  ...coursesOf(site, user.id),
});

const rolesOf = (site: Site, userid: number, courseid: number): object[] =>
  site.roleAssignments
    .filter((each) => each.userid === userid && each.contextlevel === 'course' && each.instanceid === courseid)
    .toSorted((a, b) => a.roleid - b.roleid)
    .map(({ roleid }) => ({ roleid, name: '', shortname: ROLES.get(roleid), sortorder: 0 }));

function groupsOf(site: Site, userid: number, courseid: number): object {
  const isMember = (id: number): boolean =>
    site.groupMembers.some((member) => member.groupid === id && member.userid === userid);
  const groups = site.groups
    .filter((group) => group.courseid === courseid && isMember(group.id))
    .map(({ id, name, description, descriptionformat }) => ({ id, name, description, descriptionformat }));
  return groups.length === 0 ? {} : { groups };
}

/** Only where the enrolment is active. */
function coursesOf(site: Site, userid: number): object {
  const enrolledcourses = site.enrolments
    .filter((each) => each.userid === userid && isActive(site, each))
    .flatMap(({ courseid }) => site.courses.get(courseid) ?? [])
    .map(({ id, fullname, shortname }) => ({ id, fullname, shortname }));
  return enrolledcourses.length === 0 ? {} : { enrolledcourses };
}
