import { missingRecord } from '../exceptions';
import { int, list, object, raw, type Read, word } from '../params';
import type { Site } from '../site';
import { type FunctionTable, reads, writesAtomically } from './function';

const key = object({ type: word, value: raw });
type Key = Read<typeof key>;
const newMember = object({ cohorttype: key, usertype: key });
type NewMember = Read<typeof newMember>;

interface MemberWarning {
  readonly warningcode: string;
  readonly message: string;
}

/** Each item by itself, with a warning that names no item but in its message. */
function addMembers({ members }: { readonly members: readonly NewMember[] }, site: Site): unknown {
  return { warnings: members.flatMap((member) => addMember(site, member)) };
}

function addMember(site: Site, { cohorttype, usertype }: NewMember): MemberWarning[] {
  const [cohortField, userField] = [COHORT_FIELDS.get(cohorttype.type), USER_FIELDS.get(usertype.type)];
  if (cohortField === undefined) return [warning('1', `invalid parameter: cohortype=${cohorttype.type}`)];
  if (userField === undefined) return [warning('1', `invalid parameter: usertype=${usertype.type}`)];
  const cohort = site.cohorts.find((each) => String(each[cohortField]) === cohorttype.value);
  if (cohort === undefined) return [warning('2', `cohort ${named(cohorttype)} not exists`)];
  const user = site.users.find((each) => !each.deleted && String(each[userField]) === usertype.value);
  if (user === undefined) return [warning('2', `user ${named(usertype)} not exists`)];
  if (site.cohortMembers.some((each) => each.cohortid === cohort.id && each.userid === user.id))
    return [warning('3', `record already exists: cohort(${named(cohorttype)} ${named(usertype)})`)];
  site.cohortMembers.insert({ cohortid: cohort.id, userid: user.id });
  return [];
}

const COHORT_FIELDS: ReadonlyMap<string, 'id' | 'idnumber'> = new Map([
  ['id', 'id'],
  ['idnumber', 'idnumber'],
]);
const USER_FIELDS: ReadonlyMap<string, 'id' | 'username'> = new Map([
  ['id', 'id'],
  ['username', 'username'],
]);

const named = ({ type, value }: Key): string => `${type}=${value}`;
const warning = (warningcode: string, message: string): MemberWarning => ({ warningcode, message });

const member = object({ cohortid: int, userid: int });

function deleteMembers({ members }: { readonly members: readonly Read<typeof member>[] }, site: Site): null {
  for (const { cohortid, userid } of members) {
    const user = site.users.get(userid);
    if (site.cohorts.get(cohortid) === undefined || user === undefined || user.deleted) throw missingRecord();
    site.cohortMembers.removeWhere((each) => each.cohortid === cohortid && each.userid === userid);
  }
  return null;
}

function getMembers({ cohortids }: { readonly cohortids: readonly number[] }, site: Site): unknown {
  return cohortids.map((cohortid) => {
    if (site.cohorts.get(cohortid) === undefined) throw missingRecord();
    const userids = site.cohortMembers.filter((each) => each.cohortid === cohortid).map(({ userid }) => userid);
    return { cohortid, userids };
  });
}

export const cohortMemberFunctions: FunctionTable = {
  core_cohort_add_cohort_members: writesAtomically({ members: list(newMember) }, 'moodle/cohort:assign', addMembers),
  core_cohort_delete_cohort_members: writesAtomically({ members: list(member) }, 'moodle/cohort:assign', deleteMembers),
  core_cohort_get_cohort_members: reads({ cohortids: list(int) }, 'moodle/cohort:view', getMembers),
};
