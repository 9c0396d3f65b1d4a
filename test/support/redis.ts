import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findProgram, type Program } from './debian';
import { freePort } from './free-port';

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

/** A real Redis on a free port, which keeps nothing on disk. */
export class RedisServer {
  private constructor(
    readonly port: number,
    private child: ChildProcess,
    private readonly program: Program,
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

async function launch({ command, env }: Program, port: number, options: readonly string[]): Promise<ChildProcess> {
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

const findRedis = (): Promise<Program> =>
  findProgram('redis-server', 'usr/bin/redis-server', {
    name: 'redis',
    packages: PACKAGES,
    advice:
      'The tests need a Redis. Install redis-server, or name a server with TEST_REDIS_URL, or run them where apt-get can fetch it.',
  });

/** The run's own Redis; each test keeps apart by its tenant. */
export const testRedisUrl = (): string => process.env['TEST_REDIS_URL'] ?? '';
