import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './support/api';
import { collectingFetch } from './support/canary/collecting-fetch';
import { OMAR } from './support/canary/people';
import { ask } from './support/databases';
import { eventually } from './support/eventually';
import { InstalledPostgres } from './support/installed-postgres';
import { Made } from './support/moodle/made';
import { Moodle } from './support/moodle/moodle';
import { courseClass, enrollment, program, student } from './support/push';
import { Run } from './support/run';
import { newSecretKey } from './support/secret-keys';

/** Two servers are made and started, and three processes of ours. */
jest.setTimeout(240_000);

const NAME = 'zoho_moodle_sync';
const PASSWORD = randomBytes(12).toString('hex');
const TENANT = 'college';

let folder: string;
let first: InstalledPostgres;
let second: InstalledPostgres;
let moodle: Moodle;
const runs: Run[] = [];
/** of the page for whoever runs the service, in their order */
let blocks: readonly { readonly language: string; readonly text: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-'));
  await chmod(folder, 0o755);
  const page = await readFile('docs/operations.md', 'utf8');
  blocks = [...page.matchAll(/^```(sh|sql)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
  [first, second] = await Promise.all([InstalledPostgres.start(PASSWORD), InstalledPostgres.start(PASSWORD)]);
  moodle = await Moodle.start({ token: randomBytes(16).toString('hex') });
});
afterAll(async () => {
  await Promise.all(runs.map((run) => run.end('SIGKILL')));
  await Promise.all([first.stop(), second.stop(), moodle.stop()]);
  await rm(folder, { recursive: true });
});

/** The only block that says so. */
function block(language: string, ...words: string[]): string {
  const found = blocks.filter((one) => one.language === language && words.every((word) => one.text.includes(word)));
  if (found.length !== 1) throw new Error(`${found.length} blocks of ${language} have ${words.join(' and ')}`);
  return found[0]?.text ?? '';
}

async function makeRoles(server: InstalledPostgres): Promise<void> {
  const statements = block('sql', 'CREATE ROLE').replace('a password', PASSWORD).split(';\n');
  for (const statement of statements.filter((one) => one.trim() !== ''))
    await ask(statement, [], server.url('postgres'));
}

const SECRET_KEYS = newSecretKey('a');
const settings = (server: InstalledPostgres): Record<string, string> => ({
  DATABASE_URL: server.url(NAME, NAME, PASSWORD),
  SECRET_KEYS,
  DEFAULT_TENANT_ID: TENANT,
  MOODLE_ENABLED: 'true',
});

async function serve(server: InstalledPostgres): Promise<{ run: Run; api: Api }> {
  const run = new Run(folder, settings(server));
  runs.push(run);
  return { run, api: new Api(await run.ready()) };
}

const headers = { 'X-Tenant-ID': TENANT };

/** As bytes: what is compared is not to be read and written again. */
async function sync(api: Api, entity: string, body: object, key: string): Promise<{ text: string; isReplay: boolean }> {
  const init = { method: 'POST', headers: { ...headers, 'Idempotency-Key': key }, body: JSON.stringify(body) };
  const answer = await collectingFetch(`${api.url}/v1/sync/${entity}`, init);
  return { text: await answer.text(), isReplay: answer.headers.get('idempotent-replayed') === 'true' };
}

/** Requests that leave something of everything. */
const REQUESTS: readonly (readonly [entity: string, body: object])[] = [
  ['programs', { data: [program('p1')] }],
  ['students', { data: [student('s1'), student('s2'), student('s3')] }],
  ['classes', { data: [courseClass('c1')] }],
  ['enrollments', { data: [enrollment('e1', 's1', 'c1'), enrollment('e2', 's2', 'c9')] }],
  ['students', { data: [{ id: 's1', Phone_Number: '+90 555 010 0002' }] }],
  ['students', { ids: ['s3'], operation: 'delete' }],
];

const PATHS = [
  '/v1/programs',
  '/v1/students?deleted=true&limit=2',
  '/v1/students/s1',
  '/v1/students/s1/history',
  '/v1/classes',
  '/v1/enrollments/e1?expand=student,class',
  '/v1/deferred',
  '/v1/runs',
  '/v1/admin/pushes',
  '/v1/admin/audit',
  `/v1/admin/tenants/${TENANT}`,
];

async function answersOf(api: Api): Promise<string[]> {
  const texts: string[] = [];
  for (const path of PATHS) {
    const answer = await collectingFetch(api.url + path, { headers });
    texts.push(`${path} ${answer.status} ${await answer.text()}`);
  }
  return texts;
}

async function fill(api: Api): Promise<string[]> {
  const site = { moodle: { base_url: moodle.url, token: moodle.token } };
  const patched = await api.send('PATCH', `/v1/admin/tenants/${TENANT}`, { headers, body: JSON.stringify(site) });
  expect(patched).toMatchObject({ status: 200 });
  const answers: string[] = [];
  for (const [at, [entity, body]] of REQUESTS.entries()) answers.push((await sync(api, entity, body, `r${at}`)).text);
  return answers;
}

/** All that has changed is planned, and all that is planned is in Moodle. */
const untilPushed = (server: InstalledPostgres): Promise<void> =>
  eventually(async () => {
    const [left] = await ask<{ marks: number; targets: number }>(
      `SELECT (SELECT count(*)::int FROM push_mark) AS marks,
         (SELECT count(*)::int FROM push_target WHERE state <> 'pushed' OR lease IS NOT NULL) AS targets`,
      [],
      server.url(NAME),
    );
    expect(left).toEqual({ marks: 0, targets: 0 });
  });

it('a dump that is restored into a fresh server serves the same answers, and goes on', async () => {
  await makeRoles(first);
  const old = await serve(first);
  const given = await fill(old.api);
  await untilPushed(first);
  const before = await answersOf(old.api);
  await first.shell(block('sh', 'pg_dump', '$BACKUP_URL'), { BACKUP_URL: first.url(NAME) }, folder);
  expect(await old.run.end('SIGTERM')).toBe(0);

  await makeRoles(second);
  await second.shell(block('sh', 'pg_restore', '$RESTORED_URL'), { RESTORED_URL: second.url(NAME) }, folder);
  const restored = await serve(second);
  expect(await answersOf(restored.api)).toEqual(before);
  expect(before.filter((text) => / 200 .*"data":\[\]/.test(text))).toEqual([]);
  for (const [at, [entity, body]] of REQUESTS.entries()) {
    const replay = await sync(restored.api, entity, body, `r${at}`);
    // An answer that something waits is not kept.
    if (entity === 'enrollments') expect(replay.isReplay).toBe(false);
    else expect(replay).toEqual({ text: given[at], isReplay: true });
  }
  const verify = new Run(folder, settings(second), ['verify']);
  expect([await verify.end(), verify.output]).toEqual([0, expect.stringContaining('all agree')]);

  await sync(
    restored.api,
    'students',
    { data: [{ id: 's2', First_Name: 'Newer', Last_Name: OMAR.lastName }, student('s4')] },
    'new',
  );
  const users = () =>
    new Made(moodle.site).users
      .filter(({ suspended }) => !suspended)
      .map(({ idnumber, firstname }) => `${idnumber} ${firstname}`)
      .toSorted();
  await eventually(async () => expect(users()).toEqual([`s1 ${OMAR.firstName}`, 's2 Newer', `s4 ${OMAR.firstName}`]));
  expect(moodle.duplicates()).toEqual([]);
  expect(await restored.run.end('SIGTERM')).toBe(0);
});

it('a dump by the service’s own role is refused, as row-level security holds for it too', async () => {
  const line = block('sh', 'pg_dump', '$BACKUP_URL');
  await expect(first.shell(line, { BACKUP_URL: first.url(NAME, NAME) }, folder)).rejects.toThrow(/row-level security/);
});
