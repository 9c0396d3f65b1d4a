import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian's packages of Redis and of the libraries that a bare system may lack. */
const PACKAGES = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblzf1',
  'liblua5.1-0',
  'lua-cjson',
  'lua-bitop',
  'libatomic1',
];
const CACHE = resolve('.cache/redis');

interface RedisProgram {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A real Redis on a free port, which keeps nothing on disk. */
export class RedisServer {
  private constructor(
    readonly port: number,
    private child: ChildProcess,
    private readonly program: RedisProgram,
    private readonly options: readonly string[],
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const program = await findRedis();
    const port = await freePort();
    return new RedisServer(port, await launch(program, port, options), program, options);
  }

  /** Ends it at once, with whatever it held. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  async restart(): Promise<void> {
    await this.kill();
    this.child = await launch(this.program, this.port, this.options);
  }
}

async function launch({ command, env }: RedisProgram, port: number, options: readonly string[]): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...options];
  const child = spawn(command, settings, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (;;) {
    const [chunk] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [Buffer | number];
    output += String(chunk);
    if (output.includes('Ready to accept connections')) break;
    if (child.exitCode !== null) throw new Error(`redis-server ended at once: ${output}`);
  }
  child.stdout.resume();
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** `redis-server` on the PATH, else Debian's, fetched and unpacked without being installed. */
async function findRedis(): Promise<RedisProgram> {
  const { env } = process;
  if (spawnSync('redis-server', ['--version']).status === 0) return { command: 'redis-server', env };
  if (!existsSync(CACHE)) await unpackRedis();
  const libraries = (await readdir(join(CACHE, 'usr/lib'))).map((folder) => join(CACHE, 'usr/lib', folder));
  return { command: join(CACHE, 'usr/bin/redis-server'), env: { ...env, LD_LIBRARY_PATH: libraries.join(':') } };
}

async function unpackRedis(): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'redis-'));
  try {
    const [lists, cache, root] = ['lists', 'cache', 'root'].map((name) => join(work, name)) as [string, string, string];
    for (const folder of [join(lists, 'partial'), join(cache, 'archives/partial'), root])
      await mkdir(folder, { recursive: true });
    const apt = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=1'];
    await run('apt-get', [...apt, 'update'], { cwd: work });
    await run('apt-get', [...apt, 'download', ...PACKAGES], { cwd: work });
    for (const file of await readdir(work))
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(work, file), root]);
    await mkdir(resolve(CACHE, '..'), { recursive: true });
    await moveInto(root);
  } catch (error) {
    throw new Error(
      'The tests need a Redis. Install redis-server, or name a server with TEST_REDIS_URL, or run them where apt-get can fetch it.',
      { cause: error },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another test process may have done the same meanwhile; and a temporary folder may be on another disk. */
async function moveInto(root: string): Promise<void> {
  const near = `${CACHE}-${process.pid}`;
  await run('cp', ['-a', root, near]);
  await rename(near, CACHE).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(near, { recursive: true });
  });
}

/** The run's own Redis; each test keeps apart by its tenant. */
export const testRedisUrl = (): string => process.env['TEST_REDIS_URL'] ?? '';
