import { parseArgs } from 'node:util';
import { KeysService, type KeyView } from '../admin/keys.service';
import { Problem } from '../request/problem';
import { SCOPES } from '../access/scope';
import type { Administrator } from '../request/caller.decorator';
import type { Command, CommandInput } from './command';
import { withQuietApp } from './quiet-app';

const USAGE = `Usage: npm run keys -- create [--name admin] [--scopes ${SCOPES.join(',')}] [--tenant college] [--expires-in-days 365]
       npm run keys -- list
       npm run keys -- rotate <id> [--grace-hours 24]
       npm run keys -- revoke <id>`;

const OPTIONS = {
  name: { type: 'string' },
  scopes: { type: 'string' },
  tenant: { type: 'string' },
  'expires-in-days': { type: 'string' },
  'grace-hours': { type: 'string' },
} as const;

/** Whoever can type a command here can also read the database. */
const COMMAND_LINE: Administrator = { actor: 'command line', requestId: null, tenantId: null };

type Values = ReturnType<typeof read>['values'];
const read = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

/** `keys create | list | rotate | revoke`: what the admin routes do with keys, and the way to the first one. */
export const keys: Command = async (input) => {
  try {
    const { values, positionals } = read(input.args);
    return await withQuietApp(input, (app) => act(app.get(KeysService), input, positionals, values));
  } catch (error) {
    if (error instanceof Problem) input.print(error.detail);
    else if (isMisspelt(error)) input.print(`${error.message}\n${USAGE}`);
    else throw error;
    return 1;
  }
};

const PAGE = 500;

type Act = (service: KeysService, values: Values, id: string) => Promise<string>;

/** What can be done, with whether it is about one key. @returns what is printed */
const ACTS: ReadonlyMap<string, { readonly isAboutOne: boolean; readonly perform: Act }> = new Map([
  ['create', { isAboutOne: false, perform: create }],
  ['list', { isAboutOne: false, perform: list }],
  ['rotate', { isAboutOne: true, perform: rotate }],
  ['revoke', { isAboutOne: true, perform: revoke }],
]);

async function act(
  service: KeysService,
  { print }: CommandInput,
  [what = '', id = '', ...rest]: readonly string[],
  values: Values,
): Promise<number> {
  const found = ACTS.get(what);
  if (!found || rest.length > 0 || found.isAboutOne !== (id !== '')) {
    print(USAGE);
    return 1;
  }
  print(await found.perform(service, values, id));
  return 0;
}

async function create(service: KeysService, values: Values): Promise<string> {
  const { key, ...made } = await service.create(COMMAND_LINE, draftOf(values));
  return `${lineOf(made)}\nThis is the key. It is shown this once:\n${key}`;
}

async function list(service: KeysService): Promise<string> {
  const lines: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await service.findPage(COMMAND_LINE, { limit: PAGE, cursor });
    lines.push(...page.data.map(lineOf));
    if (page.next_cursor === null) return lines.join('\n');
    cursor = page.next_cursor;
  }
}

async function rotate(service: KeysService, { 'grace-hours': grace }: Values, id: string): Promise<string> {
  const body = grace === undefined ? {} : { grace_hours: Number(grace) };
  const { key, ...made } = await service.rotate(COMMAND_LINE, id, body);
  return `${lineOf(made)}\nThis is the new key. It is shown this once:\n${key}`;
}

async function revoke(service: KeysService, _values: Values, id: string): Promise<string> {
  return lineOf(await service.revoke(COMMAND_LINE, id));
}

const draftOf = ({ name = 'admin', scopes, tenant, 'expires-in-days': days }: Values): object => ({
  name,
  scopes: scopes === undefined ? SCOPES : scopes.split(','),
  ...(tenant !== undefined && { tenant_id: tenant }),
  ...(days !== undefined && { expires_in_days: Number(days) }),
});

const lineOf = ({ id, name, tenant_id, scopes, state, expires_at, last_used_at }: KeyView): string =>
  [
    id,
    name,
    tenant_id === null ? 'all tenants' : `tenant ${tenant_id}`,
    scopes.join(','),
    state,
    expires_at === null ? 'never expires' : `expires ${expires_at}`,
    last_used_at === null ? 'never used' : `last used ${last_used_at}`,
  ].join(' | ');

/** What Node says of an option that there is not, or that lacks its value. */
const isMisspelt = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
