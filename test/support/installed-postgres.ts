import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, type Program } from './debian';
import { freePort } from './free-port';

const run = promisify(execFile);

/** Debian's packages of PostgreSQL, its programs for whoever runs it, and the libraries that a bare system may lack. */
const PACKAGES = ['postgresql-15', 'postgresql-client-15', 'libpq5', 'libllvm14', 'libxslt1.1', 'libldap-2.5-0'];
const SYSTEM = '/usr/lib/postgresql';
const NOBODY = 65_534;

/** PostgreSQL as a system has it, an older one than the embedded, with pg_dump and all that the embedded one lacks. */
export class InstalledPostgres {
  private constructor(
    private readonly programs: Programs,
    private readonly folder: string,
    private readonly port: number,
    private readonly password: string,
  ) {}

  static async start(password: string): Promise<InstalledPostgres> {
    const programs = await findPrograms();
    const folder = await mkdtemp(join(tmpdir(), 'installed-postgres-'));
    const server = new InstalledPostgres(programs, folder, await freePort(), password);
    await server.make();
    return server;
  }

  url(database: string, user = 'postgres', password = this.password): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs a line of a shell with PostgreSQL's programs at hand. @returns what it has printed */
  async shell(line: string, variables: Readonly<Record<string, string>>, folder = this.folder): Promise<string> {
    const { bin, env } = this.programs;
    const PATH = `${bin}:${env['PATH'] ?? ''}`;
    const { stdout } = await run('sh', ['-e', '-c', line], { cwd: folder, env: { ...env, ...variables, PATH } });
    return stdout;
  }

  async stop(): Promise<void> {
    await this.asItsUser('pg_ctl', ['stop', '--mode=immediate', '--wait', `--pgdata=${this.data}`]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private async make(): Promise<void> {
    const secret = join(this.folder, 'password');
    await writeFile(secret, this.password);
    await chmod(this.folder, 0o755);
    if (isRoot()) for (const path of [this.folder, secret]) await chown(path, NOBODY, NOBODY);
    const initial = [`--pgdata=${this.data}`, '--username=postgres', `--pwfile=${secret}`, '--auth=scram-sha-256'];
    await this.asItsUser('initdb', [...initial, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']);
    const options = `-p ${this.port} -h 127.0.0.1 -k ${this.folder} -F`;
    const log = `--log=${join(this.folder, 'log')}`;
    await this.asItsUser('pg_ctl', ['start', '--wait', `--pgdata=${this.data}`, `--options=${options}`, log]);
  }

  /** PostgreSQL refuses to be root's. */
  private async asItsUser(program: string, args: readonly string[]): Promise<void> {
    const { bin, env } = this.programs;
    const user = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(join(bin, program), args, { env, cwd: this.folder, stdio: 'ignore', ...user });
    const code = await new Promise<number | null>((done, fail) => child.once('exit', done).once('error', fail));
    if (code !== 0) throw new Error(`${program} ended with ${code}`);
  }
}

interface Programs {
  readonly bin: string;
  readonly env: NodeJS.ProcessEnv;
}

const isRoot = (): boolean => userInfo().uid === 0;

/** Those of the system, the newest; else Debian's. */
async function findPrograms(): Promise<Programs> {
  const releases = existsSync(SYSTEM) ? (await readdir(SYSTEM)).toSorted((a, b) => Number(b) - Number(a)) : [];
  const bin = releases.map((release) => join(SYSTEM, release, 'bin')).find((path) => existsSync(join(path, 'initdb')));
  if (bin !== undefined) return { bin, env: process.env };
  const { command, env }: Program = await findProgram('initdb', 'usr/lib/postgresql/15/bin/initdb', {
    name: 'postgresql',
    packages: PACKAGES,
    advice: 'The tests need PostgreSQL with its programs. Install postgresql, or run them where apt-get can fetch it.',
  });
  return { bin: command === 'initdb' ? '' : join(command, '..'), env };
}
