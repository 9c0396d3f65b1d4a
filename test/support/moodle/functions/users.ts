import { int, list, object, raw, text, word } from '../params';
import { type FunctionTable, reads, writes, writesAtomically } from './function';
import { createUsers, newUser } from './user-create';
import { deleteUsers } from './user-delete';
import { getUsers, getUsersByField } from './user-search';
import { changedUser, updateUsers } from './user-update';

export const userFunctions: FunctionTable = {
  core_user_create_users: writesAtomically({ users: list(newUser) }, 'moodle/user:create', createUsers),
  core_user_update_users: writes({ users: list(changedUser) }, 'moodle/user:update', updateUsers),
  core_user_delete_users: writesAtomically({ userids: list(int) }, 'moodle/user:delete', deleteUsers),
  core_user_get_users_by_field: reads({ field: word, values: list(raw) }, undefined, getUsersByField),
  core_user_get_users: reads({ criteria: list(object({ key: text, value: raw })) }, undefined, getUsers),
};
