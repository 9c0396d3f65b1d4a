import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Client } from 'pg';
import { AppModule } from '../src/app.module';
import { readEnvironment } from '../src/config/environment';
import { configureApp } from '../src/configure-app';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres';
import { migrate } from '../src/database/migrate';
import { median, timed } from './measure';

const AT_ONCE = 8;
const GOAL = 0.9;
const isQuick = process.argv.includes('--quick');
const ROUNDS = isQuick ? 3 : 9;
const ROWS = isQuick ? 5_000 : 50_000;
/** Records that one measurement sends, in requests of each size: about a second of work. */
const RECORDS: ReadonlyMap<number, number> = new Map([
  [1, isQuick ? 100 : 400],
  [100, isQuick ? 800 : 4_800],
  [1_000, isQuick ? 4_000 : 16_000],
]);

/** The disk is waited for with policies as without: it would only hide what they cost. */
const NO_DISK = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

const WARM_UP = 48;

type Content = 'new' | 'changed' | 'unchanged';
const CONTENTS: readonly Content[] = ['new', 'changed', 'unchanged'];

/** The service and its database, for as long as the bench lasts. */
interface Bench {
  readonly url: string;
  /** owns the tables */
  readonly owner: Client;
}

interface Cell {
  readonly records: number;
  readonly content: Content;
  /** how many records a second with the policies, as a share of those without */
  readonly ratio: number;
  /** by how much two equal measurements differ: the median over the rounds */
  readonly noise: number;
}

async function send({ url }: Bench, tenant: string, data: readonly object[]): Promise<void> {
  const response = await fetch(`${url}/v1/sync/students`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Tenant-ID': tenant, 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ data }),
  });
  const { summary } = (await response.json()) as { summary?: { INVALID: number; ERROR: number } };
  if (response.status !== 200 || summary?.INVALID !== 0 || summary.ERROR !== 0) throw new Error('A request failed');
}

const student = (id: string, phone: string): object => ({
  id,
  Display_Name: `Student ${id}`,
  Academic_Email: `${id}@college.example`,
  Phone_Number: phone,
});

/** Records of a second, sent in requests of one size. @returns records a millisecond */
async function measure(bench: Bench, size: number, content: Content): Promise<number> {
  const total = RECORDS.get(size) ?? size;
  const requests = total / size;
  const tenant = content === 'new' ? `new-${randomUUID()}` : `known-${size}`;
  const phone = content === 'changed' ? randomUUID().slice(0, 8) : '1';
  const batch = (n: number): object[] => Array.from({ length: size }, (_none, i) => student(`s${n * size + i}`, phone));
  if (content === 'unchanged') await timed(requests, AT_ONCE, (n) => send(bench, tenant, batch(n)));
  const time = await timed(requests, AT_ONCE, (n) => send(bench, tenant, batch(n)));
  return total / time;
}

async function policies({ owner }: Bench, isOn: boolean): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT DISTINCT polrelid::regclass::text AS name FROM pg_policy ORDER BY 1`,
  );
  for (const { name } of rows)
    await owner.query(`ALTER TABLE ${name} ${isOn ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`);
}

/** On, off and on again, in an order that changes: what the machine does meanwhile meets all of them. */
async function round(
  bench: Bench,
  size: number,
  content: Content,
  n: number,
): Promise<{ ratio: number; noise: number }> {
  const speeds = new Map<string, number>();
  const order = n % 2 === 0 ? ['on', 'off', 'again'] : ['again', 'off', 'on'];
  for (const which of order) {
    await policies(bench, which !== 'off');
    // Every connection learns anew what the tables are.
    await timed(WARM_UP, AT_ONCE, (one) => send(bench, 'warm-up', [student(`w${one}`, '1')]));
    speeds.set(which, await measure(bench, size, content));
  }
  const [on = 0, off = 0, again = 0] = ['on', 'off', 'again'].map((which) => speeds.get(which));
  return { ratio: (on + again) / 2 / off, noise: Math.abs(on - again) / Math.max(on, again) };
}

async function cellOf(bench: Bench, records: number, content: Content): Promise<Cell> {
  await measure(bench, records, content);
  const rounds: { ratio: number; noise: number }[] = [];
  for (let n = 0; n < ROUNDS; n += 1) rounds.push(await round(bench, records, content, n));
  return {
    records,
    content,
    ratio: median(rounds.map(({ ratio }) => ratio)),
    // The median of so many rounds strays less than one of them.
    noise: median(rounds.map(({ noise }) => noise)) / Math.sqrt(ROUNDS),
  };
}

async function fill(bench: Bench): Promise<void> {
  await timed(ROWS / 1_000, AT_ONCE, (n) =>
    send(
      bench,
      `tenant-${n % 20}`,
      Array.from({ length: 1_000 }, (_none, i) => student(`f${n}-${i}`, '1')),
    ),
  );
  await bench.owner.query('ANALYZE');
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

async function run(bench: Bench): Promise<Cell[]> {
  await fill(bench);
  const cells: Cell[] = [];
  for (const records of RECORDS.keys()) {
    for (const content of CONTENTS) {
      const cell = await cellOf(bench, records, content);
      cells.push(cell);
      const { ratio, noise } = cell;
      process.stdout.write(
        `${String(records).padStart(5)} ${content.padEnd(10)} ${ratio.toFixed(3)} of the speed without policies (noise ${percent(noise)}, goal ${GOAL})\n`,
      );
    }
  }
  return cells;
}

async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-bench-'));
  const database = await startEmbeddedPostgres(folder, () => undefined, NO_DISK);
  try {
    await migrate(database.url, database.url);
    const environment = readEnvironment({ LOG_LEVEL: 'CRITICAL', REQUESTS_PER_MINUTE: '0', PUSH_WORKERS: '0' });
    const settings = Object.assign(environment, { DATABASE_URL: database.url });
    const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), {
      bodyParser: false,
      logger: false,
    });
    const owner = new Client({ connectionString: database.url });
    await owner.connect();
    try {
      await configureApp(app).listen(0, '127.0.0.1');
      await work({ url: await app.getUrl(), owner });
    } finally {
      await owner.end();
      await app.close();
    }
  } finally {
    await database.stop();
    await rm(database.directory, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  await withBench(async (bench) => {
    const cells = await run(bench);
    await mkdir('bench/results', { recursive: true });
    await writeFile('bench/results/row-level-security.json', `${JSON.stringify({ goal: GOAL, cells }, null, 2)}\n`);
    const missed = cells.filter(({ ratio, noise }) => ratio + 2 * noise < GOAL);
    process.exitCode = missed.length === 0 ? 0 : 1;
  });
}

void main();
