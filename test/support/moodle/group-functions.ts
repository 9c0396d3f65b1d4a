import type { StandInFunction } from './functions';
import { invalidParameter, missingRecord, moodleException } from './moodle-exception';
import type { Group, MoodleState } from './moodle-state';
import { any, type Checked, int, list, object, optional } from './parameters';

const members = { members: list(object({ groupid: int, userid: int })) };

export const groupFunctions: Readonly<Record<string, StandInFunction>> = {
  core_group_create_groups: {
    takes: { groups: list(object({ courseid: int, name: any, description: any, idnumber: optional(any) })) },
    writes: true,
    run: createGroups,
  },
  core_group_get_course_groups: { takes: { courseid: int }, writes: false, run: groupsOf },
  core_group_update_groups: {
    takes: { groups: list(object({ id: int, name: any, idnumber: optional(any), description: optional(any) })) },
    writes: true,
    run: updateGroups,
  },
  core_group_add_group_members: { takes: members, writes: true, run: addMembers },
  core_group_delete_group_members: { takes: members, writes: true, run: deleteMembers },
  core_group_get_group_members: { takes: { groupids: list(int) }, writes: false, run: membersOf },
};

/** Atomic. */
function createGroups(state: MoodleState, { groups }: Checked): unknown {
  const added: Group[] = [];
  for (const { courseid, name, description, idnumber = '' } of groups) {
    if (!state.course(courseid)) throw moodleException('errorcoursecontextnotvalid');
    const others = [...state.groups, ...added].filter((group) => group.courseid === courseid);
    if (others.some((group) => group.name === name)) throw invalidParameter();
    if (idnumber !== '' && others.some((group) => group.idnumber === idnumber)) throw moodleException('idnumbertaken');
    added.push({ id: state.nextId(), courseid, name, description, idnumber, members: new Set() });
  }
  state.groups.push(...added);
  return added.map((group) => ({ ...describeGroup(group), enrolmentkey: '' }));
}

const describeGroup = ({ members: _members, ...group }: Group): object => ({
  ...group,
  descriptionformat: 1,
  enrolmentkey: null,
  visibility: 0,
  participation: true,
});

function groupsOf(state: MoodleState, { courseid }: Checked): unknown {
  return state.groups.filter((group) => group.courseid === courseid).map(describeGroup);
}

function updateGroups(state: MoodleState, { groups }: Checked): null {
  for (const change of groups) {
    const known = state.group(change.id);
    if (!known) throw invalidParameter();
    const isTaken = state.groups.some(
      (other) => other !== known && other.courseid === known.courseid && other.name === change.name,
    );
    if (isTaken) throw invalidParameter();
    Object.assign(known, change);
  }
  return null;
}

/** One user who is not enrolled fails the call. */
function addMembers(state: MoodleState, { members: asked }: Checked): null {
  for (const { groupid, userid } of asked) {
    const group = state.group(groupid);
    if (!group || !state.user(userid)) throw missingRecord();
    if (!state.enrolment(userid, group.courseid)) throw invalidParameter();
  }
  for (const { groupid, userid } of asked) state.group(groupid)?.members.add(userid);
  return null;
}

function deleteMembers(state: MoodleState, { members: asked }: Checked): null {
  if (asked.some(({ groupid }: Checked) => !state.group(groupid))) throw missingRecord();
  for (const { groupid, userid } of asked) state.group(groupid)?.members.delete(userid);
  return null;
}

function membersOf(state: MoodleState, { groupids }: Checked): unknown {
  return groupids.map((groupid: number) => ({ groupid, userids: [...(state.group(groupid)?.members ?? [])] }));
}
