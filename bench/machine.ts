import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres';
import { migrate } from '../src/database/migrate';
import { Caller } from './caller';

/** A service in a process of its own. */
export interface RunningService {
  readonly pid: number;
  readonly caller: Caller;
  stop(): Promise<void>;
}

/** A PostgreSQL of the bench's own, with whatever services a section needs. */
export class Machine {
  private readonly services = new Set<RunningService>();

  private constructor(
    readonly url: string,
    /** owns the tables, and may do anything */
    readonly owner: Pool,
    private readonly superuserUrl: string,
    private readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<Machine> {
    const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-bench-'));
    const database = await startEmbeddedPostgres(folder, () => undefined);
    const close = async (): Promise<void> => {
      await database.stop();
      await rm(database.directory, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    };
    try {
      return new Machine(database.url, await prepare(database.url), database.superuserUrl, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Another database on the same server, with all that a service needs. */
  async addDatabase(name: string): Promise<{ url: string; owner: Pool }> {
    const address = new URL(this.url);
    const admin = new Client({ connectionString: this.superuserUrl });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name} OWNER ${address.username}`);
    await admin.end();
    address.pathname = `/${name}`;
    const url = address.href;
    return { url, owner: await prepare(url) };
  }

  /** With everything on: access, limits, history, push state and doorbell, idempotency. */
  async startService(url = this.url, variables: Record<string, string> = {}): Promise<RunningService> {
    const child = fork(join(__dirname, 'service.js'), [], {
      env: { PATH: process.env['PATH'], DATABASE_URL: url, ...SETTINGS, ...variables },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const address = await Promise.race([answerOf(child), endOf(child)]);
    const caller = new Caller(address);
    const service = {
      pid: child.pid ?? 0,
      caller,
      stop: async (): Promise<void> => {
        this.services.delete(service);
        await caller.close();
        await end(child);
      },
    };
    this.services.add(service);
    return service;
  }

  async stop(): Promise<void> {
    for (const service of this.services) await service.stop();
    await this.owner.end();
    await this.close();
  }
}

const SETTINGS = {
  PORT: '0',
  LOG_LEVEL: 'INFO',
  // Counted, and never reached.
  REQUESTS_PER_MINUTE: '1000000',
  CONCURRENT_REQUESTS: '64',
  MOODLE_ENABLED: 'true',
  // The doorbell rings; who answers it is measured apart.
  PUSH_WORKERS: '0',
  MOODLE_BASE_URL: 'http://127.0.0.1:9',
  MOODLE_TOKEN: 'a'.repeat(32),
  DEFAULT_TENANT_ID: 'bench',
};

/** The tables that the limits are measured with: the service's own shape and indexes, and nothing around it. */
async function prepare(url: string): Promise<Pool> {
  await migrate(url, url);
  const owner = new Pool({ connectionString: url, max: 40 });
  await owner.query(`CREATE SCHEMA bench;
    CREATE TABLE bench.student (LIKE public.student INCLUDING ALL);
    CREATE TABLE bench.line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)`);
  return owner;
}

async function answerOf(child: ChildProcess): Promise<string> {
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return url;
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`The service ended with ${code} before it was ready`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** How much memory a process holds, in MiB. @param which `VmRSS` now, `VmHWM` at most so far */
export async function memoryOf(pid: number, which: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1_024;
}
