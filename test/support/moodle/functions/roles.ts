import { invalidParameter } from '../exceptions';
import { int, list, object, optional, type Read, word } from '../params';
import type { RoleAssignment } from '../rows';
import type { Site } from '../site';
import { type FunctionTable, writesAtomically } from './function';

const SYSTEM_CONTEXT = 1;

const assignment = object({
  roleid: int,
  userid: int,
  contextid: optional(int),
  contextlevel: optional(word),
  instanceid: optional(int),
});
type Assignment = Read<typeof assignment>;

function assignRoles({ assignments }: { readonly assignments: readonly Assignment[] }, site: Site): null {
  for (const each of assignments) {
    if (!site.settings.assignableRoles.includes(each.roleid) || site.users.get(each.userid) === undefined)
      throw invalidParameter();
    assignRole(site, withContext(site, each));
  }
  return null;
}

function unassignRoles({ unassignments }: { readonly unassignments: readonly Assignment[] }, site: Site): null {
  for (const each of unassignments) {
    const former = withContext(site, each);
    site.roleAssignments.removeWhere((role) => isSame(role, former));
  }
  return null;
}

/** A course's context is known here by the course only. */
function withContext(site: Site, { roleid, userid, contextid, contextlevel, instanceid }: Assignment): Values {
  if (contextid === SYSTEM_CONTEXT || contextlevel === 'system')
    return { roleid, userid, contextlevel: 'system', instanceid: 0 };
  if (contextlevel === undefined || instanceid === undefined) throw invalidParameter();
  if (contextlevel === 'course' && site.courses.get(instanceid) === undefined) throw invalidParameter();
  return { roleid, userid, contextlevel, instanceid };
}

type Values = Omit<RoleAssignment, 'id'>;

export function assignRole(site: Site, values: Values): void {
  if (!site.roleAssignments.some((role) => isSame(role, values))) site.roleAssignments.insert(values);
}

const isSame = (a: Values, b: Values): boolean =>
  a.roleid === b.roleid && a.userid === b.userid && a.contextlevel === b.contextlevel && a.instanceid === b.instanceid;

export const roleFunctions: FunctionTable = {
  core_role_assign_roles: writesAtomically({ assignments: list(assignment) }, 'moodle/role:assign', assignRoles),
  core_role_unassign_roles: writesAtomically({ unassignments: list(assignment) }, 'moodle/role:assign', unassignRoles),
};
