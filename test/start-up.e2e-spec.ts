import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { storedKey } from './support/access';
import { collectingFetch } from './support/canary/collecting-fetch';
import { withOwnDatabase } from './support/databases';
import { Run } from './support/run';
import { newSecretKey } from './support/secret-keys';

const PROGRAM = JSON.stringify({ id: 'p1', Name: 'HND' });
const post = async (url: string): Promise<string> => {
  const headers = { 'Idempotency-Key': randomUUID() };
  const answer = await collectingFetch(`${url}/v1/sync/programs`, { method: 'POST', body: PROGRAM, headers });
  return ((await answer.json()) as { results: { status: string }[] }).results[0]?.status ?? '';
};
const serverOf = async (directory: string): Promise<number> => {
  return Number((await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
};
/** A dead process that nobody has reaped yet still has an entry; its state is Z. */
const isAlive = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
};

let folder: string;
/** Where the embedded server keeps its data; it may be outside the folder, when root runs the tests. */
let directory = '';
beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'start up ')), 'a folder with spaces');
  await mkdir(folder, { recursive: true });
});
afterAll(async () => {
  for (const leftover of [resolve(folder, '..'), directory]) await rm(leftover, { recursive: true, force: true });
});

it('starts with nothing but a folder, tells where the docs are and a curl that works, and keeps its data', async () => {
  const first = new Run(folder);
  const url = await first.ready();
  expect(first.output).toMatch(/Docs: +http:\/\/localhost:\d+\/docs/);
  expect(first.output).toContain('PostgreSQL is embedded');
  const body = /-d '(.*)'/.exec(first.output)?.[1];
  const tried = await collectingFetch(`${url}/v1/sync/students`, {
    method: 'POST',
    body: body ?? '',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(await tried.json()).toMatchObject({ summary: { NEW: 1 } });
  expect((await collectingFetch(`${url}/docs`)).status).toBe(200);
  expect(await post(url)).toBe('NEW');
  expect(await first.end('SIGINT')).toBe(0);
  const second = new Run(folder);
  expect(await post(await second.ready())).toBe('UNCHANGED');
  expect(await second.end('SIGTERM')).toBe(0);
});

it('leaves no process behind, not even after a kill -9 of the run before', async () => {
  const killed = new Run(folder);
  await killed.ready();
  directory = /its data is in (.*?)\. Set/.exec(killed.output)?.[1] ?? '';
  await killed.end('SIGKILL');
  const next = new Run(folder);
  expect(await post(await next.ready())).toBe('UNCHANGED');
  const server = await serverOf(directory);
  expect(await isAlive(server)).toBe(true);
  expect(await next.end('SIGTERM')).toBe(0);
  expect(await isAlive(server)).toBe(false);
});

it('leaves no process behind when it is stopped in the middle of its start', async () => {
  const own = await mkdtemp(join(tmpdir(), 'stopped-early-'));
  await chmod(own, 0o755);
  const run = new Run(own);
  let server: number | undefined;
  while (server === undefined) {
    const files = await readdir(own, { recursive: true }).catch(() => []);
    const pidFile = files.find((file) => file.endsWith('postmaster.pid'));
    // The folder gets its name when it is finished: the file may be elsewhere by now.
    const content = pidFile ? await readFile(join(own, pidFile), 'utf8').catch(() => '') : '';
    server = Number(content.split('\n')[0]) || undefined;
  }
  await run.end('SIGTERM');
  expect(run.output).not.toContain('Ready');
  expect(await isAlive(server)).toBe(false);
  await rm(own, { recursive: true, force: true });
});

it('uses the server that DATABASE_URL names, and leaves it alone', async () => {
  await withOwnDatabase('start_up', async (url) => {
    const run = new Run(folder, { DATABASE_URL: url });
    expect(await post(await run.ready())).toBe('NEW');
    expect(run.output).not.toContain('embedded');
    expect(await run.end('SIGTERM')).toBe(0);
  });
});

it('says which port is taken, and what to do', async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, done));
  const { port } = other.address() as { port: number };
  await withOwnDatabase('taken_port', async (url) => {
    const run = new Run(folder, { DATABASE_URL: url, PORT: String(port) });
    expect(await run.end()).toBe(1);
    expect(run.output).toContain(`Port ${port} is taken`);
    expect(run.output).toContain('PORT=');
  });
  await new Promise((done) => other.close(done));
});

it.each([
  ['every mistake of the configuration', { PORT: 'x', ENV: 'prod' }, /2 mistakes:\n- ENV must.*\n- PORT must/],
  [
    'that production needs a database and keys',
    { ENV: 'production' },
    /DATABASE_URL must.*\n- SECRET_KEYS must be set/,
  ],
  ['what is wrong with a key, without telling it', { SECRET_KEYS: 'a:secret' }, /SECRET_KEYS: key 1 must be 32 bytes/],
  ['that the database does not answer', { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/db' }, /does not answer/],
])('tells %s, with exit code 1', async (_name, variables, message) => {
  const run = new Run(folder, variables);
  expect(await run.end()).toBe(1);
  expect(run.output).toMatch(message);
  expect(run.output).not.toMatch(/secret|\n {4}at /);
});

it('logs JSON in production, with the same facts and no payload', async () => {
  await withOwnDatabase('json_logs', async (url, superuserUrl) => {
    const key = await storedKey(superuserUrl);
    const run = new Run(folder, { DATABASE_URL: url, ENV: 'production', SECRET_KEYS: newSecretKey('a') });
    const base = await run.ready();
    const canary = {
      id: 'canary-id',
      Display_Name: 'Canary Name',
      Academic_Email: 'canary@college.example',
      Birth_Date: 'canary date',
    };
    await collectingFetch(`${base}/v1/sync/students?dryRun=true`, {
      method: 'POST',
      body: JSON.stringify([canary]),
      headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'req-1', 'X-API-Key': key },
    });
    await run.end('SIGTERM');
    const lines = run.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        module: 'http',
        message: 'POST /v1/sync/students 200',
        request_id: 'req-1',
        time: expect.stringMatching(/^\d{4}-/) as string,
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ module: 'SyncPipeline', request_id: 'req-1' }));
    expect(run.output.toLowerCase()).not.toContain('canary');
  });
});
