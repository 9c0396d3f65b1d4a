import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program to be started, and what it needs to find its libraries. */
export interface Program {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What is wanted of Debian. */
interface Wanted {
  /** the folder in `.cache` where it is kept */
  readonly name: string;
  readonly packages: readonly string[];
  /** what whoever has no Debian can do */
  readonly advice: string;
}

/** A program on the PATH, else Debian's. @param path where it is in Debian's packages */
export async function findProgram(command: string, path: string, wanted: Wanted): Promise<Program> {
  const { env } = process;
  if (spawnSync(command, ['--version']).status === 0) return { command, env };
  const root = await unpacked(wanted);
  const libraries = join(root, 'usr/lib');
  const folders = existsSync(libraries) ? (await readdir(libraries)).map((folder) => join(libraries, folder)) : [];
  return { command: join(root, path), env: { ...env, LD_LIBRARY_PATH: folders.join(':') } };
}

/** Debian's packages, fetched and unpacked into a folder, without being installed. @returns the folder */
async function unpacked({ name, packages, advice }: Wanted): Promise<string> {
  const folder = resolve('.cache', name);
  if (existsSync(folder)) return folder;
  const work = await mkdtemp(join(tmpdir(), `${name}-`));
  try {
    const [lists, cache, root] = ['lists', 'cache', 'root'].map((part) => join(work, part)) as [string, string, string];
    for (const part of [join(lists, 'partial'), join(cache, 'archives/partial'), root])
      await mkdir(part, { recursive: true });
    const apt = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=1'];
    await run('apt-get', [...apt, 'update'], { cwd: work });
    await run('apt-get', [...apt, 'download', ...packages], { cwd: work });
    for (const file of await readdir(work))
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(work, file), root]);
    await moveInto(root, folder);
    return folder;
  } catch (error) {
    throw new Error(advice, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another test process may have done the same meanwhile; and a temporary folder may be on another disk. */
async function moveInto(root: string, folder: string): Promise<void> {
  const near = `${folder}-${process.pid}`;
  await mkdir(resolve(folder, '..'), { recursive: true });
  await run('cp', ['-a', root, near]);
  await rename(near, folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(near, { recursive: true });
  });
}
