import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, dataFolder, giveTo, type Home, installPrograms, WAY_OUT } from './embedded-home';
import { failedWith, messageOf } from './embedded-process';

/** A cluster on disk and what serves it. */
export interface Cluster {
  directory: string;
  data: string;
  account: Account;
  /** the folder of `postgres`, `initdb` and `pg_ctl` */
  programs: string;
}

export const SUPERUSER = 'postgres';

/** Each is stored in a file of the directory that only its owner and root may read. */
type Password = 'superuser-password' | 'service-password';

const UNFINISHED = 'unfinished-';

const run = promisify(execFile);

/** PG… variables of the terminal must not reach our server; its messages are recognised in English. */
const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))),
  LC_ALL: 'C',
};

export const processOptions = ({ directory, account }: Pick<Cluster, 'directory' | 'account'>) => ({
  ...account,
  cwd: directory,
  env: ENVIRONMENT,
  windowsHide: true,
});

export const programPath = ({ programs }: Cluster, name: 'initdb' | 'pg_ctl' | 'postgres'): string =>
  join(programs, process.platform === 'win32' ? `${name}.exe` : name);

/** The home's cluster; a new one if there is none. To be called under the lock. */
export async function openCluster(home: Home): Promise<Cluster> {
  const { directory, account } = home;
  const cluster = { directory, data: dataFolder(directory), account, programs: await installPrograms(home) };
  const ours = await majorVersionOf(cluster);
  await removeUnfinished(directory);
  const theirs = await majorVersionIn(cluster.data);
  if (theirs === undefined) await createCluster(cluster);
  else if (theirs !== ours) throw new Error(otherVersion(cluster.data, theirs, ours));
  else if ((await stat(cluster.data)).uid === 0) await giveTo(account, cluster.data);
  return cluster;
}

const otherVersion = (data: string, theirs: string, ours: string): string =>
  `${data} was made by PostgreSQL ${theirs}, but this is PostgreSQL ${ours}. Nothing was changed: ` +
  `move that folder away to start with an empty database, or run PostgreSQL ${theirs} on it and set DATABASE_URL.`;

async function majorVersionOf(cluster: Cluster): Promise<string> {
  try {
    const { stdout } = await run(programPath(cluster, 'postgres'), ['--version'], processOptions(cluster));
    return /\d+/.exec(stdout)?.[0] ?? stdout;
  } catch (error) {
    const problem = `the programs in ${cluster.programs} do not run on this machine (${messageOf(error)})`;
    throw new Error(`${problem}. ${WAY_OUT}`, { cause: error });
  }
}

async function majorVersionIn(data: string): Promise<string | undefined> {
  try {
    await stat(data);
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (!failedWith(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new Error(`${data} is not PostgreSQL's. Nothing was changed: move it away and try again.`, { cause: error });
  }
}

/** What a killed initdb left; it may still be writing there, so each one has a folder of its own. */
async function removeUnfinished(directory: string): Promise<void> {
  const left = (await readdir(directory)).filter((name) => name.startsWith(UNFINISHED));
  for (const name of left) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 5 });
}

/** The folder gets its name when it is complete, so one of that name is never half a cluster. */
async function createCluster(cluster: Cluster): Promise<void> {
  const { directory, data, account } = cluster;
  await writePassword(cluster, 'service-password');
  const passwordFile = await writePassword(cluster, 'superuser-password');
  const draft = join(directory, `${UNFINISHED}${randomUUID()}`);
  await mkdir(draft, { mode: 0o700 });
  await giveTo(account, draft);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  await initialize(cluster, [`--pgdata=${draft}`, '--no-instructions', ...locale, ...access]);
  await rename(draft, data);
}

async function initialize(cluster: Cluster, options: string[]): Promise<void> {
  try {
    await run(programPath(cluster, 'initdb'), options, processOptions(cluster));
  } catch (error) {
    const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`initdb could not make a cluster in ${cluster.directory}: ${said || messageOf(error)}`, {
      cause: error,
    });
  }
}

async function writePassword({ directory, account }: Cluster, name: Password): Promise<string> {
  const path = join(directory, name);
  await rm(path, { force: true });
  await writeFile(path, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true });
  await giveTo(account, path);
  return path;
}

export async function readPassword({ directory }: Cluster, name: Password): Promise<string> {
  try {
    return await readFile(join(directory, name), 'utf8');
  } catch (error) {
    if (!failedWith(error, 'ENOENT')) throw error;
    const advice = 'Put it back, or remove that whole folder to start anew.';
    throw new Error(`the file ${name} is gone from ${directory}. ${advice}`, { cause: error });
  }
}
