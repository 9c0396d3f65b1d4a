import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import { greeting } from '../src/greeting';
import { SAMPLES } from './contract/samples';
import { TestService } from './support/app';
import { collection } from './support/canary/collection';
import { type CollectedAnswer, leaksOfAnswer, leaksOfLine } from './support/canary/leaks';
import { OMAR } from './support/canary/people';
import { runFolder } from './support/canary/run-folder';
import { search } from './support/canary/search';
import { secretsOf } from './support/canary/secrets';
import { student } from './support/push';

const SECRETS = ['a-token-of-a-moodle'];
const KEY = `mzi_0123456789ab_${'c0ffee'.repeat(9)}`;
const STACK = 'Error: x\n    at PushRound.run (/srv/app/dist/src/push/push-round.js:12:34)\n    at node:internal/x:1:2';

const inLine = (text: string, command = 'serve'): string[] =>
  leaksOfLine({ command, text }, SECRETS).map(({ kind }) => kind);
const logged = (message: string): string => JSON.stringify({ level: 'INFO', module: 'http', message });

describe('a line of the log that holds', () => {
  it.each([
    ['secret', 'wstoken=a-token-of-a-moodle'],
    ['API key', `X-API-Key: ${KEY}`],
    ['webhook secret', 'made whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['password in an address', 'postgres://service:hunter2@127.0.0.1:5432/db does not answer'],
    ['password in an address', 'redis://:hunter2@cache:6379/0 does not answer'],
    ['sealed secret', 'cannot open v1.2026a.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygp'],
    ['private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['stack trace', STACK],
    ['stack trace', 'at async file:///srv/app/dist/src/main.js:3:7'],
    ['path of a package', 'Cannot find /srv/app/node_modules/pg/lib/client.js'],
    ['SQL', 'SELECT id, fingerprint\n  FROM student WHERE tenant_id = current_tenant()'],
    ['SQL', 'INSERT INTO "push_mark" VALUES (1)'],
    ['SQL', 'UPDATE push_target SET state = null'],
    ['SQL', 'DELETE\nFROM x WHERE id = $1'],
    ['SQL', 'WHERE zoho_id = ANY(ids)'],
    ['error of the database', 'duplicate key value violates unique constraint "student_pkey"'],
    ['error of the database', 'relation "student" does not exist'],
    ['error of the database', 'QueryFailedError: x'],
    ['name', 'student Omar is stored'],
    ['name', 'student KAYA, O. is stored'],
    ['e-mail address', 'a@b.com'],
    ['e-mail address', 'taken by somebody.else+1@college.example'],
    ['e-mail address', 'GET /v1/users/a%40college.example'],
    ['phone', 'called +90 555 010 0002'],
    ['phone', 'called +905550100002'],
    ['phone', 'called %2B90555'],
    ['phone', 'called 00905550100002'],
    ['phone', 'called 0090 (555) 010-00-02'],
    ['date of birth', 'born 2003-04-17'],
  ])('a %s is found: %s', (kind, text) => {
    expect(inLine(text)).toEqual([kind]);
    expect(inLine(logged(text))).toEqual([kind]);
    expect(inLine(text, 'worker')).toEqual([kind]);
  });

  it.each([
    'POST /v1/sync/students 200',
    'students: 3 records: 2 NEW, 1 UPDATED (run 0199-7e)',
    'Unexpected TypeError at a.ts:3',
    'Moodle core_user_create_users: ok, 1 items, 10 ms',
    'The database cannot be used (57P01)',
    'Mapped {/v1/students/:zoho_id, GET} route',
    'Ready on http://localhost:8000',
    'Migrated: Push1700000500000',
    'Nothing is pushed for t-1 until Moodle takes calls again (tls): certificate',
    'Send a key, mzi_…',
    'nodejs_gc_duration_seconds_sum{kind="minor"} 0.00905647199973464',
    'run 0199a3c2-7b11-7d20-9a01-009055501002',
    'fingerprint 009055501000021f',
    'to select from',
  ])('nothing of it passes: %s', (text) => {
    expect([inLine(text), inLine(logged(text))]).toEqual([[], []]);
  });

  it('a key, passes where a command was run to make it', () => {
    expect([inLine(KEY, 'keys'), inLine(KEY, 'worker')]).toEqual([[], ['API key']]);
  });

  it('the example of the greeting passes, but no other of its kind', () => {
    const lines = greeting('http://localhost:8000', { isOpen: true, hasDocs: true }).split('\n');
    expect(lines.join()).toContain(OMAR.name);
    expect(lines.flatMap((line) => inLine(line))).toEqual([]);
    expect(inLine(`-d '{"data":[{"id":"1","Display_Name":"Omar Kaya"}]}'`)).toEqual(['name']);
  });
});

const ANSWER: CollectedAnswer = {
  method: 'GET',
  path: '/v1/students/s1',
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{}',
};
const PROBLEM = { status: 422, headers: { 'content-type': 'application/problem+json; charset=utf-8' } };
const inAnswer = (rest: Partial<CollectedAnswer>): string[] =>
  leaksOfAnswer({ ...ANSWER, ...rest }, SECRETS).map(({ kind }) => kind);
const PERSON = JSON.stringify({ name: OMAR.name, email: 'omar@college.example', phone: OMAR.phone });

describe('an answer', () => {
  it.each([
    ['secret', 'a-token-of-a-moodle'],
    ['API key', KEY],
    ['webhook secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['password in an address', 'postgres://service:hunter2@127.0.0.1/db'],
    ['stack trace', JSON.stringify(STACK)],
    ['SQL', JSON.stringify('INSERT INTO\n  "student" VALUES ($1)')],
    ['error of the database', JSON.stringify('column "x" of relation "student" does not exist')],
  ])('with a %s is found, in a body and in a header', (kind, text) => {
    for (const status of [200, 404, 500]) expect(inAnswer({ status, body: text })).toEqual([kind]);
    expect(inAnswer({ headers: { 'x-note': text } })).toEqual([kind]);
  });

  it('may tell of people where it is asked for them, and in no problem, metric or health', () => {
    expect(inAnswer({ body: PERSON })).toEqual([]);
    const told = ['name', 'e-mail address', 'phone'];
    expect(inAnswer({ ...PROBLEM, body: PERSON })).toEqual(told);
    for (const path of ['/metrics', '/v1/health', '/v1/health/ready'])
      expect(inAnswer({ path, body: PERSON })).toEqual(told);
  });

  it('shows a key or a webhook secret where it is made, and nowhere else', () => {
    const body = JSON.stringify({ key: KEY });
    const [keys, rotate] = ['/v1/admin/keys', '/v1/admin/keys/0123456789ab/rotate'];
    for (const path of [keys, rotate]) expect(inAnswer({ method: 'POST', path, body })).toEqual([]);
    expect(inAnswer({ path: keys, body })).toEqual(['API key']);
    expect(inAnswer({ method: 'POST', path: '/v1/admin/keys/0123456789ab', body })).toEqual(['API key']);
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const path = '/v1/admin/tenants/t/webhook-secrets';
    expect(inAnswer({ method: 'POST', path, body: secret })).toEqual([]);
    expect(inAnswer({ path, body: secret })).toEqual(['webhook secret']);
    expect(inAnswer({ method: 'POST', path, body: KEY })).toEqual(['API key']);
  });

  it('passes with what others may write: prose, and SQL that was sent to do harm', () => {
    const body = JSON.stringify({
      name: "x'; DROP TABLE student; --",
      note: 'Select one from the list, insert into it',
    });
    expect([inAnswer({ body }), inAnswer({ ...PROBLEM, body: '{"detail":"No field cursor"}' })]).toEqual([[], []]);
  });
});

it('the variables of a service tell its secrets', () => {
  const secrets = secretsOf({
    DATABASE_URL: 'postgres://u:p%40ss@h/d',
    REDIS_URL: 'redis://:other@h',
    MOODLE_TOKEN: 'abc',
    SECRET_KEYS: 'a:one,b:two',
    PORT: '0',
  });
  expect(secrets).toEqual(expect.arrayContaining(['p%40ss', 'p@ss', 'other', 'abc', 'one', 'two']));
});

it('the samples that most tests send hold what is searched for', () => {
  const [ofStudents] = SAMPLES;
  for (const sample of [ofStudents?.record('1'), student('s1')])
    expect(inLine(JSON.stringify(sample))).toEqual(expect.arrayContaining(['name', 'e-mail address']));
  expect(inLine(JSON.stringify(ofStudents?.record('1')))).toEqual(expect.arrayContaining(['phone', 'date of birth']));
});

describe('a folder that was collected', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'collected-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const put = (name: string, ...records: unknown[]): Promise<void> =>
    writeFile(join(folder, name), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const line = (text: string) => ({ command: 'serve', text });

  it('is searched to the last line of each file, with the secrets of all, and counted', async () => {
    await put('1.lines', line('fine'), line('a\u2028b'), line(logged('knows the "secret" of two')));
    await put('2.lines', line(`at x, ${'y'.repeat(3_000_000)} z@college.example`));
    await put('2.secrets', 'the "secret" of two');
    await put('2.answers', ANSWER, { ...ANSWER, body: KEY });
    const { lines, answers, faults } = await search(folder);
    expect([lines, answers]).toEqual([4, 2]);
    expect(faults).toEqual([
      expect.stringMatching(/^secret in a line of serve: .*1\.lines:3 .*knows the \\"secret\\" of two"\}$/),
      expect.stringMatching(/^e-mail address in a line of serve: .*2\.lines:1 …y+ z@college\.example$/),
      expect.stringMatching(/^API key in GET \/v1\/students\/s1 200: .*2\.answers:2 .*mzi_/),
    ]);
    for (const fault of faults) expect(fault.length).toBeLessThan(400);
  });

  it('is searched where a worker was killed in the middle of a line', async () => {
    await writeFile(join(folder, '1.lines'), '{"command":"serve","text":"to omar at {"command":"serve","te');
    expect((await search(folder)).faults).toEqual([expect.stringContaining('name in a line of unknown')]);
  });

  it('is at fault when services have started and nothing of theirs is there', async () => {
    await writeFile(join(folder, '1.starts'), 'serve\nworker\n');
    expect((await search(folder)).faults).toEqual([expect.stringMatching(/1\.starts tells of 2 services/)]);
    await put('1.lines', line('Ready'));
    expect((await search(folder)).faults).toEqual([]);
  });

  it('is well when nothing has started', async () => {
    expect(await search(folder)).toEqual({ lines: 0, answers: 0, faults: [] });
  });

  it('tells what comes again once, and of many things fifty', async () => {
    await put('1.lines', line(KEY), line(KEY), line('fine'));
    await put('1.answers', ...Array.from({ length: 60 }, (_none, n) => ({ ...ANSWER, path: `/${n}`, body: KEY })));
    const { faults } = await search(folder);
    expect(faults[0]).toMatch(/^API key in a line of serve, 2 times, first: .*1\.lines:1 mzi_/);
    expect([faults.length, faults.at(-1)]).toEqual([51, 'and 11 more']);
  });
});

describe('of services that tests start', () => {
  const collected = (what: string): Promise<string> =>
    readFile(join(runFolder(), `${process.env['JEST_WORKER_ID'] ?? '1'}.${what}`), 'utf8');

  it('lines arrive, those of Nest’s loggers and of the start too, and so do answers', async () => {
    const service = await TestService.start();
    new Logger('Somewhere').debug('said by a test');
    await service.send('GET', '/nowhere/at/all');
    await service.close();
    const lines = await collected('lines');
    for (const words of ['said by a test', 'Starting Nest application', 'GET {/*splat} 404'])
      expect([words, lines.includes(words)]).toEqual([words, true]);
    expect(await collected('answers')).toContain('"path":"/nowhere/at/all"');
  });

  it('what is known of a start that failed is logged, and not the stacks that Nest and TypeORM log', async () => {
    const away = { DATABASE_URL: 'postgres://service:hunter22@127.0.0.1:1/db' };
    await expect(TestService.start(away)).rejects.toThrow('ECONNREFUSED');
    await collection.flush();
    const lines = (await collected('lines')).split('\n');
    const told = lines.filter((text) => /TypeOrmModule|ExceptionHandler/.test(text) && text.includes('ERROR'));
    expect(told).toHaveLength(2);
    for (const text of told) expect(text).toMatch(/"message\\":\\"Unexpected [\w ]+\\"\}"\}$/);
  });
});

describe('a run of tests', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'red-run-'));
    await writeFile(join(folder, 'a.test.js'), "it('passes', () => {});");
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** One test that passes, with the reporters of this project, and a search that comes to this. */
  const run = async (found: string): Promise<{ code: number; output: string }> => {
    const setup = join(folder, 'setup.js');
    await writeFile(setup, `module.exports = () => { globalThis.searchForCanaries = async () => { ${found} }; };`);
    const reporters = ['canary/canary', 'closing-line'].map((name) => resolve(`test/support/${name}.reporter.cjs`));
    const config = JSON.stringify({ rootDir: folder, globalSetup: setup, reporters, transform: {} });
    const args = [resolve('node_modules/jest/bin/jest.js'), '--config', config, '--watchman=false'];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, args).then(
      (output) => ({ code: 0, ...output }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code, output: stdout + stderr };
  };

  it('ends well when nothing was found', async () => {
    const { code, output } = await run('return { lines: 7, answers: 3, faults: [] };');
    expect([code, output]).toEqual([0, expect.stringContaining('1 passed, 0 failed')]);
    expect(output).toContain('7 lines and 3 answers');
  });

  it('ends red when something was found, though every test has passed', async () => {
    const { code, output } = await run("return { lines: 7, answers: 3, faults: ['1.lines:3 secret in a line'] };");
    expect([code, output]).toEqual([1, expect.stringContaining('1 passed, 1 failed')]);
    expect(output).toContain('1.lines:3 secret in a line');
  });

  it('ends red when the search itself fails', async () => {
    const { code, output } = await run("throw new Error('no such folder');");
    expect([code, output]).toEqual([1, expect.stringContaining('no such folder')]);
  });
});
