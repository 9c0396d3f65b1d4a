import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded-postgres';
import { migrate } from '../src/database/migrate';
import { statusesOf, TestService } from './support/app';
import { ask } from './support/databases';

/** A server of which the service gets a database and its owner's login, and nothing more, as where others run it. */
let server: EmbeddedPostgres;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'managed-server-'));
  server = await startEmbeddedPostgres(folder, () => undefined, { fsync: 'off', synchronous_commit: 'off' });
});
afterAll(async () => {
  await server.stop();
  await rm(server.directory, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

const asAdministrator = (sql: string): Promise<unknown> => ask(sql, [], server.superuserUrl);

/** A database with an owner of its own. @returns its address */
async function ownedBy(owner: string, attributes = ''): Promise<string> {
  await asAdministrator(`CREATE ROLE ${owner} LOGIN ${attributes} PASSWORD 'managed'`);
  await asAdministrator(`CREATE DATABASE ${owner} OWNER ${owner}`);
  const url = new URL(server.url);
  Object.assign(url, { username: owner, password: 'managed', pathname: `/${owner}` });
  return url.href;
}

async function serves(url: string): Promise<void> {
  const service = await TestService.start({ DATABASE_URL: url });
  try {
    expect(statusesOf(await service.sync('programs', { id: 'p1', Name: 'HND' }))).toEqual(['NEW']);
    expect(await ask('SELECT zoho_id FROM program', [], url)).toEqual([]);
  } finally {
    await service.close();
  }
}

// In this order: the first start makes the role for the whole server.
it('an owner who may not create roles is told what an administrator has to do, and it is enough', async () => {
  const url = await ownedBy('plain');
  const hint = await migrate(url, url).then(
    () => '',
    (error: { driverError: { message: string; hint: string } }) =>
      `${error.driverError.message}: ${error.driverError.hint}`,
  );
  expect(hint).toMatch(/^the role zoho_moodle_sync_app is missing and plain may not create it: As an administrator: /);
  for (const statement of hint.replace(/^.*administrator: /, '').split('; ')) await asAdministrator(statement);
  await migrate(url, url);
  await serves(url);
  await asAdministrator('REVOKE zoho_moodle_sync_app FROM plain');
  await asAdministrator('DROP DATABASE plain WITH (FORCE)');
  await asAdministrator('DROP ROLE zoho_moodle_sync_app');
});

it('an owner who may create roles needs nobody', async () => {
  const url = await ownedBy('managed', 'CREATEROLE');
  await migrate(url, url);
  await serves(url);
});

it('a second owner on the server is told to have the role granted', async () => {
  const url = await ownedBy('second', 'CREATEROLE');
  await expect(migrate(url, url)).rejects.toThrow(/GRANT zoho_moodle_sync_app TO/);
  await asAdministrator('GRANT zoho_moodle_sync_app TO second');
  await migrate(url, url);
  await serves(url);
});
