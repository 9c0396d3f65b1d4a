import { contextNotValid, invalidParameter, missingRecord, moodleException } from '../exceptions';
import { bool, int, list, object, optional, raw, type Read, text, withDefault } from '../params';
import type { Group } from '../rows';
import type { Site } from '../site';
import { type FunctionTable, reads, writesAtomically } from './function';
import { groupMemberFunctions } from './group-members';
import { checkWidths } from './user-profile';

const WIDTHS = { name: 254, idnumber: 100 };

const newGroup = object({
  courseid: int,
  name: text,
  description: raw,
  descriptionformat: withDefault(int, 1),
  enrolmentkey: optional(raw),
  idnumber: optional(raw),
  visibility: withDefault(int, 0),
  participation: withDefault(bool, true),
});
type NewGroup = Read<typeof newGroup>;

async function createGroups({ groups }: { readonly groups: readonly NewGroup[] }, site: Site): Promise<unknown> {
  const created = [];
  for (const group of groups) {
    if (site.courses.get(group.courseid) === undefined) throw contextNotValid('course', group.courseid);
    checkGroup(site, group.courseid, group);
    const pause = site.inserts.pause();
    if (pause !== undefined) await pause;
    const { enrolmentkey = '', idnumber = '', ...values } = group;
    checkWidths({ ...values, idnumber }, WIDTHS);
    created.push(details(site.groups.insert({ ...values, idnumber }), enrolmentkey));
  }
  return created;
}

interface Named {
  readonly name?: string | undefined;
  readonly idnumber?: string | undefined;
}

function checkGroup(site: Site, courseid: number, { name, idnumber = '' }: Named, butFor?: number): void {
  if (name?.trim() === '') throw invalidParameter();
  const others = site.groups.filter((group) => group.courseid === courseid && group.id !== butFor);
  if (others.some((group) => group.name === name)) throw invalidParameter();
  if (idnumber !== '' && others.some((group) => group.idnumber === idnumber))
    throw moodleException('idnumbertaken', 'This ID number is already in use');
}

const details = (group: Group, enrolmentkey: string | null): object => ({
  id: group.id,
  courseid: group.courseid,
  name: group.name,
  description: group.description,
  descriptionformat: group.descriptionformat,
  enrolmentkey,
  idnumber: group.idnumber,
  visibility: group.visibility,
  participation: group.participation,
});

const changedGroup = object({
  id: int,
  name: text,
  description: optional(raw),
  descriptionformat: withDefault(int, 1),
  enrolmentkey: optional(raw),
  idnumber: optional(raw),
  visibility: optional(int),
  participation: optional(bool),
});

function updateGroups({ groups }: { readonly groups: readonly Read<typeof changedGroup>[] }, site: Site): null {
  for (const { id, name, description, idnumber } of groups) {
    const before = site.groups.get(id);
    if (before === undefined) throw invalidParameter();
    checkGroup(site, before.courseid, { name, idnumber }, id);
    const values = {
      name,
      ...(description === undefined ? {} : { description }),
      ...(idnumber === undefined ? {} : { idnumber }),
    };
    checkWidths(values, WIDTHS);
    site.groups.change(id, values);
  }
  return null;
}

/** One that is not there is as good as deleted. */
function deleteGroups({ groupids }: { readonly groupids: readonly number[] }, site: Site): null {
  for (const id of groupids) {
    site.groupMembers.removeWhere(({ groupid }) => groupid === id);
    site.groups.remove(id);
  }
  return null;
}

function getCourseGroups({ courseid }: { readonly courseid: number }, site: Site): unknown {
  if (site.courses.get(courseid) === undefined) throw contextNotValid('course', courseid);
  return site.groups.filter((group) => group.courseid === courseid).map((group) => details(group, null));
}

function getGroups({ groupids }: { readonly groupids: readonly number[] }, site: Site): unknown {
  return groupids.map((id) => {
    const group = site.groups.get(id);
    if (group === undefined) throw missingRecord();
    return details(group, null);
  });
}

export const groupFunctions: FunctionTable = {
  core_group_create_groups: writesAtomically({ groups: list(newGroup) }, 'moodle/course:managegroups', createGroups),
  core_group_update_groups: writesAtomically(
    { groups: list(changedGroup) },
    'moodle/course:managegroups',
    updateGroups,
  ),
  core_group_delete_groups: writesAtomically({ groupids: list(int) }, 'moodle/course:managegroups', deleteGroups),
  core_group_get_course_groups: reads({ courseid: int }, 'moodle/course:managegroups', getCourseGroups),
  core_group_get_groups: reads({ groupids: list(int) }, 'moodle/course:managegroups', getGroups),
  ...groupMemberFunctions,
};
