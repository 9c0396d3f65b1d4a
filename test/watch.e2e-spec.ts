import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectingFetch } from './support/canary/collecting-fetch';
import { createOwnDatabase, type OwnDatabase } from './support/databases';
import { Scrape } from './support/metrics';
import { Run } from './support/run';

let folder: string;
let database: OwnDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-'));
  await chmod(folder, 0o755);
  database = await createOwnDatabase('watch');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const start = (command: string, variables: Record<string, string> = {}): Run =>
  new Run(folder, { DATABASE_URL: database.url, METRICS_PORT: '0', AUTHENTICATION: 'key-or-signature', ...variables }, [
    command,
  ]);

describe.each(['serve', 'worker'])('%s', (command) => {
  it('tells at METRICS_PORT how it is, to whoever asks and on this machine alone, and nothing else', async () => {
    const run = start(command);
    const url = new URL(await run.says(/Metrics on (\S+)/));
    expect(url.hostname).toBe('127.0.0.1');
    const get = (path: string, method = 'GET') => collectingFetch(new URL(path, url), { method });
    const metrics = await get('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const page = new Scrape(await metrics.text());
    expect(page.value('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(page.value('database_pool_size')).toBe(16);
    expect(await (await get('/v1/health')).json()).toEqual({ status: 'ok' });
    const ready = await get('/v1/health/ready');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', parts: { database: 'ok' } }]);
    for (const path of ['/', '/v1/students', '/docs', '/openapi.json'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    expect((await get('/metrics', 'POST')).status).toBe(404);
    expect(await run.end('SIGTERM')).toBe(0);
  });

  it('says so when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const run = start(command, { METRICS_PORT: String(port) });
    expect(await run.end()).toBe(1);
    expect(run.output).toContain(`METRICS_PORT ${port} cannot be had at 127.0.0.1: it is taken`);
    other.close();
  });
});

it('a command that comes to an end listens nowhere', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const run = new Run(folder, { DATABASE_URL: database.url, METRICS_PORT: String(port) }, ['keys', 'list']);
  expect(await run.end()).toBe(0);
  other.close();
});
