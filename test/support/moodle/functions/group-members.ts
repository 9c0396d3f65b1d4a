import { invalidParameter, missingRecord } from '../exceptions';
import { int, list, object, type Read } from '../params';
import type { Group } from '../rows';
import type { Site } from '../site';
import { type FunctionTable, reads, writesAtomically } from './function';

const member = object({ groupid: int, userid: int });
type Member = Read<typeof member>;

/** One who is not enrolled fails the call. */
function addMembers({ members }: { readonly members: readonly Member[] }, site: Site): null {
  for (const each of members) {
    const { courseid } = existingGroup(site, each.groupid);
    const user = site.users.get(each.userid);
    if (user === undefined || user.deleted) throw missingRecord();
    const isEnrolled = site.enrolments.some(
      (enrolment) => enrolment.courseid === courseid && enrolment.userid === each.userid,
    );
    if (!isEnrolled) throw invalidParameter();
    if (!site.groupMembers.some((there) => isSame(there, each))) site.groupMembers.insert(each);
  }
  return null;
}

function deleteMembers({ members }: { readonly members: readonly Member[] }, site: Site): null {
  for (const each of members) {
    existingGroup(site, each.groupid);
    if (site.users.get(each.userid) === undefined) throw missingRecord();
    site.groupMembers.removeWhere((there) => isSame(there, each));
  }
  return null;
}

const isSame = (a: Member, b: Member): boolean => a.groupid === b.groupid && a.userid === b.userid;

function getMembers({ groupids }: { readonly groupids: readonly number[] }, site: Site): unknown {
  return groupids.map((groupid) => {
    existingGroup(site, groupid);
    const userids = site.groupMembers.filter((each) => each.groupid === groupid).map(({ userid }) => userid);
    return { groupid, userids };
  });
}

function existingGroup(site: Site, id: number): Group {
  const group = site.groups.get(id);
  if (group === undefined) throw missingRecord();
  return group;
}

export const groupMemberFunctions: FunctionTable = {
  core_group_add_group_members: writesAtomically({ members: list(member) }, 'moodle/course:managegroups', addMembers),
  core_group_delete_group_members: writesAtomically(
    { members: list(member) },
    'moodle/course:managegroups',
    deleteMembers,
  ),
  core_group_get_group_members: reads({ groupids: list(int) }, 'moodle/course:managegroups', getMembers),
};
