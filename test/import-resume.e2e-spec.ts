import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClientRequest } from 'node:http';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { ImportService } from '../src/import/import.service';
import { newTenant, TestService } from './support/app';
import { ask, untilBlocked, whileLocked } from './support/databases';
import { eventually } from './support/eventually';
import { countsOf, csv, importsOf, ndjson, PORTION, students } from './support/imports';
import { inTenant } from './support/in-tenant';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const at = () => ({ service, tenant });
const { row } = inTenant(at);
const { send, take, begin, list, rejected } = importsOf(at);

/** The second and the fourth lack their e-mail. */
const withBad = (to: number) =>
  students(to).map((student, n) => (n === 1 || n === 3 ? { id: student['id'] ?? '' } : student));

/** Until the tenant's imports, the newest first, have come so far. */
const untilDone = (...records: number[]): Promise<void> =>
  eventually(async () => expect((await list()).map(({ summary }) => summary.total)).toEqual(records));

/** Waits for a portion to be stored, and hangs up. */
async function cutAfter(call: ClientRequest, ...records: number[]): Promise<void> {
  await untilDone(...records);
  const closed = Promise.withResolvers<void>();
  call.once('close', closed.resolve).destroy();
  await closed.promise;
}

describe('a body that is cut off', () => {
  it('is sent again, and gone on with: all is counted once, stored once, and told once', async () => {
    const all = ndjson(withBad(2 * PORTION + 10));
    const call = begin();
    call.write(all.slice(0, all.indexOf('"s1500"')));
    await cutAfter(call, PORTION);
    expect((await list())[0]).toMatchObject({ state: 'running', rejected: 2, finished_at: null });
    await service.sync('students', { data: [{ id: 's0', Phone: '1' }] }, { tenant });
    const report = await take(all);
    expect(report).toMatchObject({
      resumed: true,
      summary: { total: 2 * PORTION + 10, NEW: 2 * PORTION + 8, INVALID: 2 },
      rejected: { total: 2, first: [{ record: 2 }, { record: 4 }] },
    });
    expect(await rejected(report.import_id)).toEqual(report.rejected.first);
    expect(await countsOf(tenant)).toMatchObject({ students: 2_008, changes: 2_009, imports: 1, portions: 0 });
    // What the first try had stored was not stored again.
    expect((await row('students', 's0'))['phone']).toBe('1');
    expect(await list()).toMatchObject([{ state: 'finished', summary: report.summary, rejected: 2 }]);
  });

  it('of gzip too', async () => {
    const packed = Uint8Array.from(gzipSync(ndjson(students(3 * PORTION))));
    const headers = { 'Content-Encoding': 'gzip' };
    const answer = await send(packed.slice(0, packed.length - 100), { headers });
    expect(answer).toMatchObject({ status: 400, body: { code: 'BODY_NOT_READABLE' } });
    expect(await take(packed, { headers })).toMatchObject({ resumed: true, summary: { NEW: 3 * PORTION } });
  });

  it('and differs when it comes again is refused, until it is begun anew', async () => {
    const call = begin();
    call.write(ndjson(students(PORTION)));
    await cutAfter(call, PORTION);
    const headers = { 'Idempotency-Key': 'other' };
    const named = begin();
    named.setHeader('Idempotency-Key', 'mine');
    named.write(ndjson(students(2 * PORTION, PORTION)));
    await cutAfter(named, PORTION, PORTION);
    const mine = { headers: { 'Idempotency-Key': 'mine' } };
    const other = ndjson(students(5));
    expect(await send(other, mine)).toMatchObject({ status: 409, body: { code: 'IMPORT_CHANGED' } });
    expect(await send(ndjson([]) + ndjson(students(PORTION, 1)), mine)).toMatchObject({ status: 409 });
    expect(await send(other, { ...mine, query: '?full=true' })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await take(other, { headers })).toMatchObject({ resumed: false, summary: { UNCHANGED: 5 } });
    expect(await take(other, { ...mine, query: '?restart=true' })).toMatchObject({ resumed: false });
    expect((await list()).map(({ state }) => state)).toEqual(['finished', 'finished', 'abandoned', 'running']);
  });

  it('is refused too when it has become shorter than what is done', async () => {
    const all = ndjson(students(2 * PORTION));
    const call = begin();
    call.write(all);
    await cutAfter(call, 2 * PORTION);
    expect(await send(ndjson(students(PORTION)))).toMatchObject({ status: 409, body: { code: 'IMPORT_CHANGED' } });
    expect(await take(all)).toMatchObject({ resumed: true, summary: { NEW: 2 * PORTION } });
  });

  it('is not waited for when it has fallen silent', async () => {
    const impatient = await TestService.start({ BODY_TIMEOUT_SECONDS: '1' });
    const call = importsOf(() => ({ service: impatient, tenant })).begin();
    call.write(ndjson(students(PORTION + 1)));
    const [response] = (await once(call, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(408);
    expect(await list()).toMatchObject([{ state: 'running', summary: { total: PORTION } }]);
    call.destroy();
    await impatient.close();
  });
});

it('two requests with one import: the second is told', async () => {
  const all = ndjson(students(PORTION + 1));
  const call = begin();
  call.write(all);
  await untilDone(PORTION);
  const second = await send(all);
  expect(second).toMatchObject({ status: 409, body: { code: 'IMPORT_IN_PROGRESS' } });
  expect(second.headers.get('retry-after')).toBe('5');
  call.end();
  const [response] = (await once(call, 'response')) as [{ statusCode: number }];
  expect(response.statusCode).toBe(200);
  expect(await countsOf(tenant)).toMatchObject({ students: PORTION + 1, changes: PORTION + 1, imports: 1 });
});

it('a portion that another process has done is not stored again, though nothing kept that one out', async () => {
  const call = begin();
  const all = students(2 * PORTION);
  call.write(ndjson(all.slice(0, PORTION)));
  await untilDone(PORTION);
  await ask('UPDATE import SET portions = portions + 1 WHERE tenant_id = $1', [tenant]);
  call.end(ndjson(all.slice(PORTION)));
  const [response] = (await once(call, 'response')) as [{ statusCode: number }];
  expect(response.statusCode).toBe(409);
  expect(await countsOf(tenant)).toMatchObject({ students: PORTION, changes: PORTION, portions: 1 });
});

it('more than two imports of a tenant at once are refused', async () => {
  const calls = [begin(), begin()];
  for (const [n, call] of calls.entries()) call.write(ndjson(students((n + 1) * PORTION, n * PORTION)));
  await untilDone(PORTION, PORTION);
  expect(await send('{}')).toMatchObject({ status: 429, body: { code: 'TOO_MANY_AT_ONCE' } });
  const responses = calls.map((call) => once(call, 'response'));
  for (const call of calls) call.end();
  await Promise.all(responses);
  expect((await send('{}')).status).toBe(200);
});

it('the reader does not run ahead of the database', async () => {
  let pulled = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    for (; pulled < 200; pulled += 1) yield Buffer.from(ndjson(students((pulled + 1) * PORTION, pulled * PORTION)));
  }
  const order = { tenantId: tenant, requestId: null, entity: 'students', format: 'ndjson', key: null } as const;
  const wishes = { dryRun: false, full: false, deleteMissing: null, restart: false };
  let stop = false;
  const imported = whileLocked('LOCK TABLE student IN SHARE MODE', [], async () => {
    const run = service.app.get(ImportService).run(
      { ...order, ...wishes, bytes: endless() },
      {
        progress: () => {
          if (stop) throw new Error('enough');
        },
      },
    );
    await untilBlocked(1);
    // A reader that waits for nobody would have read all of it by then.
    for (let turn = 0; turn < 20_000; turn += 1) await nextTurn();
    const inHand = pulled;
    stop = true;
    return { run, inHand };
  });
  const { run, inHand } = await imported;
  await expect(run).rejects.toThrow('enough');
  expect(inHand).toBeLessThanOrEqual(5);
});

it.each([
  ['text/csv', csv],
  ['application/x-ndjson', ndjson],
])('%s that comes byte by byte is the same', async (_type, write) => {
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const byte of Buffer.from(write(students(3).map((each) => ({ ...each, City: 'İstanbul' })))))
      yield Buffer.of(byte);
  }
  const format = write === csv ? 'csv' : 'ndjson';
  const order = { tenantId: tenant, requestId: null, entity: 'students', format, key: null } as const;
  const wishes = { dryRun: false, full: false, deleteMissing: null, restart: false };
  const report = await service.app.get(ImportService).run({ ...order, ...wishes, bytes: bytes() });
  expect(report.summary).toMatchObject({ total: 3, NEW: 3 });
  expect((await row('students', 's2'))['city']).toBe('İstanbul');
});
