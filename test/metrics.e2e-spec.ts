import { randomUUID } from 'node:crypto';
import { Standings } from '../src/metrics/standings';
import { WatchServer } from '../src/metrics/watch-server';
import { newTenant, TestService } from './support/app';
import { collectingFetch } from './support/canary/collecting-fetch';
import { ask, createOwnDatabase, type OwnDatabase, untilBlocked, whileLocked } from './support/databases';
import { eventually } from './support/eventually';
import { courseClass, enrollment, inTenant, program, student } from './support/in-tenant';
import { Line } from './support/line';
import { Scrape } from './support/metrics';

let database: OwnDatabase;
let service: TestService;
let tenant: string;
beforeAll(async () => {
  // Sums are over all tenants, and other tests leave some behind.
  database = await createOwnDatabase('metrics');
  service = await TestService.start({ DATABASE_URL: database.url });
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

const scrape = async (of = service): Promise<Scrape> => new Scrape((await of.send<string>('GET', '/metrics')).body);
const { sync, send } = inTenant(() => ({ service, tenant }));

/** How much a metric has grown by what was done. */
async function growth(
  work: () => Promise<unknown>,
  name: string,
  labels: Record<string, string>,
  of = service,
): Promise<number> {
  const before = (await scrape(of)).value(name, labels);
  await work();
  return (await scrape(of)).value(name, labels) - before;
}

describe('requests', () => {
  const COUNT = 'http_request_duration_seconds_count';
  const requests = (work: () => Promise<unknown>, method: string, route: string, status: string) =>
    growth(work, COUNT, { method, route, status });

  it.each([
    ['POST', '/v1/sync/programs', 'POST', '/v1/sync/programs', '2xx'],
    ['GET', '/v1/students/58430170000001', 'GET', '/v1/students/:zoho_id', '4xx'],
    ['GET', '/v1/students/58430170000001/history?limit=1', 'GET', '/v1/students/:zoho_id/history', '2xx'],
    ['GET', '/anything/58430170000001', 'GET', 'none', '4xx'],
    ['PROPFIND', '/v1/health', 'other', 'none', '4xx'],
  ])('%s %s is counted under %s %s %s', async (method, path, counted, route, status) => {
    const body = method === 'POST' ? { body: '{"id":"p1","Name":"HND"}' } : {};
    expect(await requests(() => service.send(method, path, body), counted, route, status)).toBe(1);
    const labels = (await scrape()).of(COUNT).map((sample) => JSON.stringify(sample.labels));
    expect(labels.filter((text) => /58430170000001|PROPFIND|limit/.test(text))).toEqual([]);
  });

  it('whose caller has gone are counted as aborted', async () => {
    const gone = new AbortController();
    await whileLocked(
      'LOCK TABLE program',
      [],
      async () => {
        const answer = fetch(`${service.url}/v1/programs/p1`, { signal: gone.signal });
        await untilBlocked(1, database.superuserUrl);
        gone.abort();
        await expect(answer).rejects.toThrow();
      },
      database.superuserUrl,
    );
    await eventually(async () =>
      expect((await scrape()).value(COUNT, { route: '/v1/programs/:zoho_id', status: 'aborted' })).toBe(1),
    );
  });
});

describe('records', () => {
  const records = (work: () => Promise<unknown>, entity: string, outcome: string) =>
    growth(work, 'records_total', { entity, outcome });

  it('are counted by entity and outcome, in requests and imports', async () => {
    const before = await scrape();
    await sync('programs', program('p1'), program('p2'), { id: 'p3' }, {});
    await sync('programs', program('p1'));
    const csv = 'id,Product_Name\np1,HND\np4,HNC\np5,\n';
    const headers = { 'Content-Type': 'text/csv', 'X-Tenant-ID': tenant };
    await service.send('POST', '/v1/import/programs', { body: csv, headers });
    await send('DELETE', '/v1/programs/p4');
    const after = await scrape();
    const grown = (outcome: string) =>
      after.value('records_total', { entity: 'programs', outcome }) -
      before.value('records_total', { entity: 'programs', outcome });
    expect(['NEW', 'UPDATED', 'UNCHANGED', 'INVALID', 'DELETED'].map(grown)).toEqual([3, 0, 2, 3, 1]);
  });

  it('of a dry run are none, and a replay has none', async () => {
    const body = JSON.stringify(program('p9'));
    const post = (query = '') =>
      service.send('POST', `/v1/sync/programs${query}`, { body, headers: { 'X-Tenant-ID': tenant } });
    expect(await records(() => post('?dryRun=true'), 'programs', 'NEW')).toBe(0);
    expect(await records(() => post().then(() => post()), 'programs', 'NEW')).toBe(1);
    const removal = () => send('DELETE', '/v1/programs/p9?dryRun=true');
    expect(await records(removal, 'programs', 'DELETED')).toBe(0);
    const headers = { 'Content-Type': 'text/csv', 'X-Tenant-ID': tenant };
    const file = () => service.send('POST', '/v1/import/programs?dryRun=true', { body: 'id,Name\np7,HND\n', headers });
    expect(await records(file, 'programs', 'NEW')).toBe(0);
  });

  it('that waited are counted when they are applied', async () => {
    await sync('enrollments', enrollment('e1'), enrollment('e2'));
    await sync('students', student());
    const grown = growth(() => sync('classes', courseClass()), 'records_released_total', { entity: 'enrollments' });
    expect(await grown).toBe(2);
  });

  it('that never came are told as 0, so that the first is seen as a rise', async () => {
    const { types, of } = await scrape().then((page) => ({ types: page.types, of: page.of.bind(page) }));
    expect(types.get('records_total')).toBe('counter');
    expect(of('records_total', { outcome: 'ERROR' })).toHaveLength(9);
  });
});

describe('idempotency keys', () => {
  const post = (body: object, key?: string, of = service) =>
    of.send('POST', '/v1/sync/programs', {
      body: JSON.stringify(body),
      headers: { 'X-Tenant-ID': tenant, ...(key !== undefined && { 'Idempotency-Key': key }) },
    });
  const met = (result: string, work: () => Promise<unknown>, of = service) =>
    growth(work, 'idempotent_requests_total', { result }, of);

  it('are counted by how a request met them', async () => {
    const [one, other] = [program('p1'), { ...program('p1'), Name: 'HNC' }];
    expect(await met('processed', () => post(one))).toBe(1);
    expect(await met('replayed', () => post(one))).toBe(1);
    await post(other);
    expect(await met('refreshed', () => post(one))).toBe(1);
    const key = randomUUID();
    await post(one, key);
    expect(await met('key_reused', () => post(other, key))).toBe(1);
  });

  it('that somebody else has are counted when the patience is over', async () => {
    await post(program('p1'), 'mine');
    await ask(
      `UPDATE idempotency_key SET answer = NULL, witness = NULL, expires_at = now() + interval '1 hour' WHERE tenant_id = $1`,
      [tenant],
      database.superuserUrl,
    );
    expect(await met('in_progress', () => post(program('p1'), 'mine'))).toBe(1);
  });

  it('are counted too while the store is away', async () => {
    const without = await TestService.start({ DATABASE_URL: database.url, REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await met('without_store', () => post(program('p1'), undefined, without), without)).toBe(1);
    await without.close();
  });
});

describe('what waits', () => {
  it('is told by state, and by tenant how long the oldest has waited that is still to be applied', async () => {
    await sync('enrollments', enrollment('e1'), enrollment('e2'), enrollment('e3'));
    const age = (seconds: number, id: string, state = 'waiting') =>
      ask(
        `UPDATE deferred_record SET since = clock_timestamp() - $2 * interval '1 second', state = $4
         WHERE tenant_id = $1 AND zoho_id = $3`,
        [tenant, seconds, id, state],
        database.superuserUrl,
      );
    await age(100, 'e1');
    await age(5_000, 'e2');
    await age(90_000, 'e3', 'expired');
    await eventually(async () => {
      const page = await scrape();
      const [oldest = 0] = page.values('deferred_oldest_age_seconds', { tenant });
      expect(Math.floor(oldest / 100)).toBe(50);
      expect(page.value('deferred_records', { state: 'waiting' })).toBe(2);
      expect(page.value('deferred_records', { state: 'expired' })).toBe(1);
    });
    await sync('students', student());
    await sync('classes', courseClass());
    await eventually(async () => {
      const page = await scrape();
      expect(page.values('deferred_oldest_age_seconds', { tenant })).toEqual([]);
      expect(page.values('deferred_records', { state: 'waiting' })).toEqual([0]);
    });
  });
});

it('the time at which records last came is told by tenant; what the service does by itself is none', async () => {
  const { run_id: runId } = await sync('programs', program());
  await ask(
    `UPDATE run SET received_at = '2026-01-02T03:04:05Z' WHERE tenant_id = $1 AND id = $2`,
    [tenant, runId],
    database.superuserUrl,
  );
  await ask(
    `INSERT INTO run (tenant_id, id, kind, received_at, summary, results, released)
     VALUES ($1, 'ffffffff-ffff-7fff-bfff-ffffffffffff', 'sweep', now(), '{}', '[]', 0)`,
    [tenant],
    database.superuserUrl,
  );
  await eventually(async () =>
    expect((await scrape()).values('tenant_last_received_timestamp_seconds', { tenant })).toEqual([
      Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000,
    ]),
  );
});

/** What the service tells at a port of its own. */
async function watch(of: TestService): Promise<() => Promise<Scrape>> {
  const url = await of.app.get(WatchServer).listen(0, '127.0.0.1');
  return async () => {
    const answer = await collectingFetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    return new Scrape(await answer.text());
  };
}

it('the pool is told: how large it is, what is in use, and who waits for a connection', async () => {
  const small = await TestService.start({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: '2' });
  const look = await watch(small);
  let reads: Promise<unknown> | undefined;
  await whileLocked(
    'LOCK TABLE program',
    [],
    async () => {
      reads = Promise.all(['p1', 'p2', 'p3'].map((id) => small.get(`/v1/programs/${id}`, tenant)));
      await untilBlocked(2, database.superuserUrl);
      const page = await look();
      expect(['size', 'in_use', 'idle'].map((what) => page.value(`database_pool_${what}`))).toEqual([2, 2, 0]);
      expect(page.value('database_pool_waiting')).toBeGreaterThan(0);
    },
    database.superuserUrl,
  );
  await reads;
  await small.close();
});

describe('a scrape', () => {
  it('goes on while the database is away, with the figures of before and how old they are', async () => {
    const line = new Line(new URL(database.url));
    const far = await TestService.start({ DATABASE_URL: await line.open() });
    const look = await watch(far);
    await sync('enrollments', enrollment());
    const before = await look();
    expect(before.values('deferred_oldest_age_seconds', { tenant })).toHaveLength(1);
    expect(before.value('standing_age_seconds')).toBeLessThan(3);
    line.cut();
    await eventually(async () => expect((await look()).value('standing_age_seconds')).toBeGreaterThan(4));
    expect((await look()).values('deferred_oldest_age_seconds', { tenant })).toHaveLength(1);
    line.mend();
    await eventually(async () => expect((await look()).value('standing_age_seconds')).toBeLessThan(3));
    await far.close();
    await line.close();
  });

  it('looks at some tenants at a time, and comes to all of them', async () => {
    const many = await createOwnDatabase('many_tenants');
    await ask(`INSERT INTO tenant (id) SELECT 'many-' || n FROM generate_series(1, 600) AS n`, [], many.superuserUrl);
    const own = await TestService.start({ DATABASE_URL: many.url });
    const standings = own.app.get(Standings);
    const sizes: number[] = [];
    while (standings.known.size < 601) {
      await standings.refresh();
      sizes.push(standings.known.size);
    }
    const steps = sizes.map((size, at) => size - (sizes[at - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(250);
    await own.close();
    await many.drop();
  });
});
