import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import type { OwnDatabase } from './databases';
import { Line } from './line';

/** Killed processes lose nothing that was written, only machines without power do. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '100' };

const start = (folder: string): Promise<EmbeddedPostgres> => startEmbeddedPostgres(folder, () => undefined, SETTINGS);

/** A PostgreSQL of a test's own, which may be killed; started anew, it is found at the same address. */
export class OwnPostgres implements OwnDatabase {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
    private readonly line: Line,
    readonly url: string,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-own-'));
    const server = await start(folder);
    await migrate(server.url, server.url);
    const line = new Line(new URL(server.url));
    return new OwnPostgres(folder, server, line, await line.open());
  }

  get superuserUrl(): string {
    const [url, own] = [new URL(this.server.superuserUrl), new URL(this.url)];
    url.host = own.host;
    url.pathname = own.pathname;
    return url.href;
  }

  /** The postmaster, as whoever kills it because memory has run out; its children find that out and end. */
  async kill(): Promise<void> {
    const [pid] = (await readFile(join(this.server.directory, 'data/postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }

  async startAnew(): Promise<void> {
    this.server = await start(this.folder);
    this.line.lead(new URL(this.server.url));
  }

  async drop(): Promise<void> {
    await this.line.close();
    await this.server.stop();
    for (const folder of [this.server.directory, this.folder]) await rm(folder, { recursive: true, force: true });
  }
}
