import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres';
import { migrate } from '../../src/database/migrate';
import { makeRunFolder, runFolder } from './canary/run-folder';
import { type Findings, search } from './canary/search';
import { RedisServer } from './redis';
import { databaseOfWorker, TEMPLATE_DATABASE, urlOfDatabase } from './databases';

interface TestServer {
  readonly superuserUrl: string;
  readonly url: string;
  stop(): Promise<void>;
}

let server: TestServer | undefined;
let redis: RedisServer | undefined;

declare global {
  /** For the reporter in this process: Jest compiles no reporters, so it cannot import the search. */
  var searchForCanaries: (() => Promise<Findings>) | undefined;
}

/** One PostgreSQL and one Redis for the whole run; a migrated template, copied for each worker. */
export default async function globalSetup({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  await makeRunFolder();
  globalThis.searchForCanaries = () => search(runFolder());
  server = await startServer();
  redis = process.env['TEST_REDIS_URL'] ? undefined : await RedisServer.start();
  if (redis) process.env['TEST_REDIS_URL'] = redis.url;
  process.env['TEST_SUPERUSER_URL'] = server.superuserUrl;
  process.env['TEST_SERVER_URL'] = server.url;
  const admin = new Client({ connectionString: server.superuserUrl });
  await admin.connect();
  const owner = decodeURIComponent(new URL(server.url).username);
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE}`);
  await admin.query(`CREATE DATABASE ${TEMPLATE_DATABASE} OWNER "${owner}"`);
  await migrate(urlOfDatabase(TEMPLATE_DATABASE), urlOfDatabase(TEMPLATE_DATABASE));
  for (let worker = 1; worker <= maxWorkers; worker += 1) {
    await admin.query(`DROP DATABASE IF EXISTS ${databaseOfWorker(worker)} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${databaseOfWorker(worker)} TEMPLATE ${TEMPLATE_DATABASE} OWNER "${owner}"`);
  }
  await admin.end();
}

export async function stopServers(): Promise<void> {
  await redis?.kill();
  await server?.stop();
}

async function startServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-test-'));
  const embedded = await startEmbeddedPostgres(folder, () => undefined, {
    // The data is thrown away: nothing has to survive a power cut.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
  });
  const stop = async (): Promise<void> => {
    await embedded.stop();
    await rm(embedded.directory, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  return { superuserUrl: embedded.superuserUrl, url: embedded.url, stop };
}
