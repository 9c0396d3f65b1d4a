import { createHash } from 'node:crypto';
import { missingRecord, moodleException } from '../exceptions';
import type { User } from '../rows';
import type { Site } from '../site';

const ADMIN = 2;

export function deleteUsers({ userids }: { readonly userids: readonly number[] }, site: Site): null {
  for (const id of userids) {
    const user = site.users.get(id);
    if (user === undefined || user.deleted) throw missingRecord();
    if (id === ADMIN) throw moodleException('useradminodelete', 'Administrator accounts cannot be deleted.');
    deleteUser(site, user);
  }
  return null;
}

/** The row stays, with its username and e-mail made free for others. */
function deleteUser(site: Site, user: User): void {
  const belongsToUser = ({ userid }: { readonly userid: number }): boolean => userid === user.id;
  for (const table of [site.enrolments, site.roleAssignments, site.groupMembers, site.cohortMembers, site.grades])
    (table as { removeWhere(matches: typeof belongsToUser): void }).removeWhere(belongsToUser);
  site.users.change(user.id, {
    deleted: true,
    username: freeUsername(site, user.email),
    email: createHash('md5').update(user.username).digest('hex'),
    idnumber: '',
  });
}

function freeUsername(site: Site, email: string): string {
  let time = site.now();
  const taken = (): boolean => site.users.some(({ username }) => username === `${email}.${time}`);
  while (taken()) time += 1;
  return `${email}.${time}`;
}
