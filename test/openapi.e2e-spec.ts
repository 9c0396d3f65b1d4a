import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Express } from 'express';
import { Client } from 'pg';
import { type ProblemCode, PROBLEMS } from '../src/request/problem';
import type { SyncReport } from '../src/sync/sync-report';
import { ApiDescription, type ApiDocument } from './support/api-description';
import { OF_ACCESS } from './support/access';
import { type Answer, newTenant, TestService } from './support/app';
import { ask, withOwnDatabase, workerDatabaseUrl } from './support/databases';
import { Line } from './support/line';

let service: TestService;
let api: ApiDescription;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start({ MAX_BODY_BYTES: '200000', MAX_BATCH_RECORDS: '50' });
  api = new ApiDescription((await service.get<ApiDocument>('/openapi.json')).body);
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

describe('the document', () => {
  it('is OpenAPI 3.1, and the file in the repository is the same (npm run openapi renews it)', () => {
    const file: unknown = JSON.parse(readFileSync(join(__dirname, '../openapi.json'), 'utf8'));
    expect(api.document.openapi).toBe('3.1.0');
    expect(api.document).toEqual(file);
  });

  it('has every route of the service, and no other', () => {
    const express: Express = service.app.getHttpAdapter().getInstance();
    const served = express.router.stack.flatMap(({ route }) =>
      (route?.stack ?? []).map(({ method }) => `${method.toUpperCase()} ${route?.path.replace(/:(\w+)/g, '{$1}')}`),
    );
    // Beside the pages that show the document, and what runs for every address.
    const aside = /^GET \/(docs|redoc|openapi\.json)| \{\/\*splat\}$/;
    const routes = served.filter((route) => !aside.test(route));
    expect(routes.length).toBeGreaterThan(7);
    expect(api.operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(routes.toSorted());
  });

  it('has examples of all answers, which are as their schemas say', () => {
    expect(api.exampleFaults()).toEqual([]);
  });
});

/** What nothing has made for the examples: these are tried with records that wait, and with a run, below. */
const ABOUT_NOTHING: ReadonlySet<string> = new Set([
  'readRun',
  'readImport',
  'listRejected',
  'discardDeferred',
  'retryDeferred',
  'retryPush',
  'ignorePush',
  'approveHold',
  'rejectHold',
  'rotateKey',
  'revokeKey',
]);

it('every request that the document gives as an example succeeds, as the document says', async () => {
  const requests = api.exampleRequests();
  for (const { name, operation, method, path, body, contentType } of requests) {
    const headers = { 'X-Tenant-ID': tenant, ...(contentType !== undefined && { 'Content-Type': contentType }) };
    const answer = await service.send(method, path, { headers, ...(body !== undefined && { body }) });
    const success = Number(Object.keys(operation.responses).find((status) => status.startsWith('2')));
    const expected = ABOUT_NOTHING.has(operation.operationId) ? 404 : success;
    expect([name, answer.status, ...api.faults(operation.operationId, answer)]).toEqual([name, expected]);
  }
  expect(requests.length).toBeGreaterThanOrEqual(38);
});

it('what the examples sent is stored, deleted and brought back as they say', async () => {
  const statuses: Record<string, string> = {};
  for (const { name, method, path, body, contentType } of api.exampleRequests()) {
    if (method !== 'POST' || !path.startsWith('/v1/sync/programs')) continue;
    const headers = { 'X-Tenant-ID': tenant, 'Content-Type': contentType ?? '' };
    const answer = await service.send<SyncReport>('POST', path, { headers, body: body ?? '' });
    statuses[name.replace(/^.*: /, '')] ??= answer.body.results[0]?.status ?? '';
  }
  expect(statuses).toMatchObject({
    data: 'NEW',
    partial: 'UPDATED',
    deletedIds: 'DELETED',
    restoredId: 'UPDATED',
    deletedRecord: 'DELETED',
    deluge: 'UPDATED',
    fields: 'UNCHANGED',
  });
});

describe.each([
  ['students', { id: '1', Display_Name: 'Omar Kaya', Academic_Email: 'omar@c.example', Birth_Date: '2003-04-17' }],
  ['programs', { id: '1', Name: 'HND', Price: '4,200.00' }],
])('an answer about %s is as the document says', (entity, record) => {
  const capital = entity.charAt(0).toUpperCase() + entity.slice(1);
  const [syncId, listId, readId] = [`sync${capital}`, `list${capital}`, `read${capital.slice(0, -1)}`];
  const [historyId, removeId] = [`list${capital.slice(0, -1)}Changes`, `delete${capital.slice(0, -1)}`];
  const post = (data: unknown[], headers: Record<string, string> = {}, query = '') =>
    service.send<{ results: { status: string }[] }>('POST', `/v1/sync/${entity}${query}`, {
      body: JSON.stringify({ data }),
      headers: { 'Content-Type': 'application/json', 'X-Tenant-ID': tenant, ...headers },
    });
  const outcomesOf = ({ body }: Answer<{ results: { status: string }[] }>) => body.results.map(({ status }) => status);

  it('for every outcome, with warnings and without', async () => {
    const [early, late] = ['2026-02-13T10:00:00Z', '2026-02-14T10:00:00Z'];
    await post([{ ...record, Modified_Time: late }]);
    const answer = await post([
      { ...record, id: '2', Academic_Email: 'two@c.example', Status: '${!Module.Status}', Program: { id: '404' } },
      { ...record, Status: 'Frozen' },
      { ...record, Status: 'Frozen', Price: '4200' },
      { ...record, Status: 'Active', Modified_Time: early },
      { id: '3' },
      { Status: 'Active' },
      'no record',
      { id: '4', operation: 'delete' },
    ]);
    const others = ['INVALID', 'INVALID', 'INVALID', 'DELETED'];
    expect(outcomesOf(answer)).toEqual(['NEW', 'UPDATED', 'UNCHANGED', 'STALE', ...others]);
    expect(JSON.stringify(answer.body)).toContain('warnings');
    expect(api.faults(syncId, answer)).toEqual([]);
  });

  it('for what was deleted, brought back and erased', async () => {
    await post([{ ...record, Modified_Time: '2026-02-13T10:00:00Z' }]);
    const remove = (query = '') =>
      service.send('DELETE', `/v1/${entity}/1${query}`, { headers: { 'X-Tenant-ID': tenant } });
    const removals = [await remove('?dryRun=true'), await remove(), await remove()];
    const tombstone = await service.get<{ deleted_at: string | null }>(`/v1/${entity}/1`, tenant);
    const pages = [
      await service.get<{ data: unknown[] }>(`/v1/${entity}`, tenant),
      await service.get<{ data: unknown[] }>(`/v1/${entity}?deleted=true`, tenant),
    ];
    const restored = await post([{ ...record, Status: 'Active' }]);
    const history = await service.get<{ data: { status: string }[] }>(`/v1/${entity}/1/history`, tenant);
    const erasures = [
      await remove('?erase=true&dryRun=true'),
      await remove('?erase=true'),
      await remove('?erase=true'),
    ];
    expect(typeof tombstone.body.deleted_at).toBe('string');
    expect(pages.map(({ body }) => body.data.length)).toEqual([0, 1]);
    expect(restored.body.results).toMatchObject([{ changes: { deleted_at: { after: null }, status: {} } }]);
    expect(history.body.data.map(({ status }) => status)).toEqual(['UPDATED', 'DELETED', 'NEW']);
    expect([...removals, ...erasures].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 404]);
    expect([...removals, ...erasures].flatMap((answer) => api.faults(removeId, answer))).toEqual([]);
    expect([tombstone].flatMap((answer) => api.faults(readId, answer))).toEqual([]);
    expect(pages.flatMap((answer) => api.faults(listId, answer))).toEqual([]);
    expect(api.faults(syncId, restored)).toEqual([]);
    expect(api.faults(historyId, history)).toEqual([]);
  });

  it('for a dry run and for a replay', async () => {
    const answers = [await post([record], {}, '?dryRun=true'), await post([record]), await post([record])];
    expect(answers.map((answer) => api.faults(syncId, answer))).toEqual([[], [], []]);
    expect(answers.map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, null, 'true']);
    expect(answers[0]?.body).toMatchObject({ dry_run: true });
  });

  it('for every parameter', async () => {
    for (const id of ['1', '2', '3']) await post([{ ...record, id, Academic_Email: `${id}@c.example` }]);
    const list = (query: string) =>
      service.get<{ next_cursor: string | null; data: unknown[] }>(`/v1/${entity}?${query}`, tenant);
    const first = await list('limit=2');
    const pages = [
      first,
      await list(`limit=2&cursor=${first.body.next_cursor}`),
      await list('limit=500&updated_since=2026-02-14T00:00:00Z'),
      await list('status=active'),
      await list('limit=501'),
    ];
    expect(pages.map(({ status, body }) => [status, body.data?.length])).toEqual([
      [200, 2],
      [200, 1],
      [200, 3],
      [200, 0],
      [422, undefined],
    ]);
    expect(pages.flatMap((page) => api.faults(listId, page))).toEqual([]);
    expect(api.faults(readId, await service.get(`/v1/${entity}/1`, tenant))).toEqual([]);
  });
});

it('a record that it names is answered with a row as the document says: stored, deleted, or not there', async () => {
  const student = { Display_Name: 'Omar Kaya', Program: { id: '1' } };
  await service.sync('programs', [{ id: '1', Name: 'HND' }], { tenant });
  const read = async () => {
    const answer = await service.get<{ expanded: { program: object | null } }>('/v1/students/1?expand=program', tenant);
    expect(api.faults('readStudent', answer)).toEqual([]);
    return answer.body.expanded.program;
  };
  await service.sync('students', [{ ...student, id: '1', Academic_Email: 'one@c.example' }], { tenant });
  expect(await read()).toMatchObject({ name: 'HND', deleted_at: null });
  await service.sync('programs', { ids: ['1'], operation: 'delete' }, { tenant });
  expect(await read()).not.toHaveProperty('name');
  await service.send('DELETE', '/v1/programs/1?erase=true', { headers: { 'X-Tenant-ID': tenant } });
  expect(await read()).toBeNull();
  const unknown = await service.get('/v1/students/1?expand=nothing', tenant);
  expect([unknown.status, ...api.faults('readStudent', unknown)]).toEqual([422]);
});

it('runs are answered as the document says', async () => {
  const { run_id: id } = await service.sync('programs', [{ id: '1', Name: 'HND' }, { id: '2' }], { tenant });
  await service.send('DELETE', '/v1/programs/1', { headers: { 'X-Tenant-ID': tenant } });
  const lists = ['', '?entity=programs&limit=1', '?entity=Programs'];
  const pages = await Promise.all(lists.map((query) => service.get<{ data?: unknown[] }>(`/v1/runs${query}`, tenant)));
  expect(pages.map(({ status, body }) => [status, body.data?.length])).toEqual([
    [200, 2],
    [200, 1],
    [422, undefined],
  ]);
  const run = await service.get(`/v1/runs/${id}`, tenant);
  expect(run.body).toMatchObject({ kind: 'sync', results: [{ status: 'NEW' }, { status: 'INVALID', errors: [{}] }] });
  expect(pages.flatMap((page) => api.faults('listRuns', page))).toEqual([]);
  expect(api.faults('readRun', run)).toEqual([]);
});

it('profiles are answered as the document says', async () => {
  const path = `/v1/admin/tenants/${tenant}/profile`;
  const send = (method: string, to: string, body: unknown) => service.send(method, to, { body: JSON.stringify(body) });
  const before = await service.get(path);
  const written = [await send('PUT', path, { decimalComma: true }), await send('PUT', path, { decimalComma: 1 })];
  const reads = [before, await service.get(`${path}?version=1`), await service.get(`${path}?version=9`)];
  const payload = [{ id: '1', Name: '${!Module.Name}', Phone: { a: 1 }, Owner: {} }];
  const trials = [
    await send('POST', `${path}/test`, { entity: 'students', payload }),
    await send('POST', `${path}/test`, { entity: 'students', payload, profile: { surprise: 1 } }),
    await send('POST', `${path}/test`, { entity: 7 }),
    await send('POST', `${path}/test`, { entity: 'nobody', payload }),
  ];
  expect([...reads, ...written, ...trials].map(({ status }) => status)).toEqual([
    200, 200, 404, 200, 422, 200, 422, 422, 404,
  ]);
  expect(reads.flatMap((answer) => api.faults('readProfile', answer))).toEqual([]);
  expect(written.flatMap((answer) => api.faults('writeProfile', answer))).toEqual([]);
  expect(trials.flatMap((answer) => api.faults('tryProfile', answer))).toEqual([]);
});

it('a record that the database refuses waits, is tried again and given up as the document says', async () => {
  await withOwnDatabase('refusing_openapi', async (url, superuserUrl) => {
    await ask(`ALTER TABLE program ADD CONSTRAINT refusing CHECK (code <> 'refuse me')`, [], superuserUrl);
    const refusing = await TestService.start({ DATABASE_URL: url });
    const body = '[{"id":"1","Name":"HND","Program_ID":"refuse me"},{"id":"2","Name":"HND","Program_ID":"refuse me"}]';
    const refused = await refusing.send('POST', '/v1/sync/programs', { body });
    const waits = await refusing.get('/v1/deferred?entity=programs&state=failed&limit=1');
    const early = await refusing.send('POST', '/v1/deferred/programs/1/retry');
    await ask('ALTER TABLE program DROP CONSTRAINT refusing', [], superuserUrl);
    const late = await refusing.send('POST', '/v1/deferred/programs/1/retry');
    const discards = [
      await refusing.send('DELETE', '/v1/deferred/programs/2'),
      await refusing.send('DELETE', '/v1/deferred/programs/2'),
    ];
    const refusedState = await refusing.get('/v1/deferred?state=lost');
    await refusing.close();
    expect(refused).toMatchObject({ status: 200, body: { results: [{ status: 'ERROR', deferred: true }, {}] } });
    expect(waits.body).toMatchObject({ data: [{ zoho_id: '1', state: 'failed' }] });
    expect(early.body).toMatchObject({ released: 0, deferred: { zoho_id: '1' } });
    expect(late.body).toMatchObject({ released: 1, deferred: null });
    expect(discards.map(({ status }) => status)).toEqual([204, 404]);
    expect(refusedState.status).toBe(422);
    expect(api.faults('syncPrograms', refused)).toEqual([]);
    expect([waits, refusedState].flatMap((answer) => api.faults('listDeferred', answer))).toEqual([]);
    expect([early, late].flatMap((answer) => api.faults('retryDeferred', answer))).toEqual([]);
    expect(discards.flatMap((answer) => api.faults('discardDeferred', answer))).toEqual([]);
  });
});

describe('every problem is answered as the document says:', () => {
  type Provocation = [body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>, query?: string];
  const body = '[{"id":"1","Name":"HND"}]';
  /** What makes a sync route answer each problem. */
  const provocations: Partial<Record<ProblemCode, Provocation>> = {
    BODY_NOT_READABLE: ['no gzip', { 'Content-Encoding': 'gzip' }],
    EMPTY_BODY: ['{}'],
    MALFORMED_JSON: ['{"data":'],
    INVALID_ENCODING: [Uint8Array.of(0x22, 0xff, 0x22)],
    TOO_DEEP: ['['.repeat(33) + ']'.repeat(33)],
    BODY_TOO_LARGE: [Uint8Array.from(gzipSync(' '.repeat(5_000_000))), { 'Content-Encoding': 'gzip' }],
    TOO_MANY_FIELDS: ['a=1&'.repeat(10_001), { 'Content-Type': 'application/x-www-form-urlencoded' }],
    TOO_MANY_ROWS: [JSON.stringify([{ id: '1', Rows: Array(50_001).fill(0) }])],
    TOO_MANY_RECORDS: [JSON.stringify(Array(51).fill({ id: '1' }))],
    ENCODING_NOT_SUPPORTED: [body, { 'Content-Encoding': 'lzma' }],
    UNSUPPORTED_MEDIA_TYPE: ['<x/>', { 'Content-Type': 'application/xml' }],
    NO_RECORDS: ['[]'],
    RECORD_WITHOUT_FIELDS: ['{"ids":["1"]}'],
    WRONG_MODULE: ['{"module":"BTEC_Students","data":[{"id":"1"}]}'],
    HEADERS_TOO_LARGE: [body, { 'X-Large': 'x'.repeat(20_000) }],
    TENANT_ID_MALFORMED: [body, { 'X-Tenant-ID': 'a b' }],
    IDEMPOTENCY_KEY_MALFORMED: [body, { 'Idempotency-Key': '' }],
    PARAMETER_INVALID: [body, {}, '?dryRun=perhaps'],
  };
  /** Provoked below, or by nothing that a test may do. */
  const others = new Set<ProblemCode>([
    'NOT_FOUND',
    'PROFILE_INVALID',
    'IDEMPOTENCY_KEY_REUSED',
    'IDEMPOTENCY_IN_PROGRESS',
    'DATABASE_UNAVAILABLE',
    'INTERNAL_ERROR',
    'BAD_REQUEST',
    // Of imports: `import-problems` provokes them.
    'CSV_NOT_READABLE',
    'CSV_HEADER_INVALID',
    'IMPORT_IN_PROGRESS',
    'IMPORT_CHANGED',
    ...OF_ACCESS,
  ]);
  const post = (
    [sent, headers = {}, query = '']: Provocation,
    to = service,
  ): Promise<Answer<{ code: string; status: number }>> =>
    to.send('POST', `/v1/sync/programs${query}`, { body: sent, headers: { 'X-Tenant-ID': tenant, ...headers } });

  it.each(Object.keys(PROBLEMS).filter((code) => !others.has(code as ProblemCode)) as ProblemCode[])(
    '%s',
    async (code) => {
      const answer = await post(provocations[code] ?? [body]);
      expect(answer).toMatchObject({ status: PROBLEMS[code].status, body: { code } });
      expect(api.faults('syncPrograms', answer)).toEqual([]);
    },
  );

  it('IDEMPOTENCY_KEY_REUSED', async () => {
    const headers = { 'Idempotency-Key': 'one' };
    await post([body, headers]);
    const answer = await post(['[{"id":"2","Name":"HND"}]', headers]);
    expect(answer.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(api.faults('syncPrograms', answer)).toEqual([]);
  });

  it('IDEMPOTENCY_IN_PROGRESS', async () => {
    const holder = new Client({ connectionString: workerDatabaseUrl('superuser') });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE program');
    const both = [post([body]), post([body])];
    const early = await Promise.race(both);
    await holder.query('ROLLBACK');
    await holder.end();
    await Promise.all(both);
    expect(early).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_IN_PROGRESS' } });
    expect(early.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(api.faults('syncPrograms', early)).toEqual([]);
  });

  it('BAD_REQUEST, though nothing that was sent says for which route', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname).end('no HTTP\r\n\r\n');
    const [head = '', json = ''] = (await text(socket)).split('\r\n\r\n', 2);
    const headers = new Headers(
      head
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(': ', 2) as [string, string]),
    );
    const answer = { status: Number(head.split(' ')[1]), headers, body: JSON.parse(json) as unknown };
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    for (const { operation } of api.operations) expect(api.faults(operation.operationId, answer)).toEqual([]);
  });

  it('NOT_FOUND and a malformed address', async () => {
    const headers = { 'X-Tenant-ID': tenant };
    const answers: [string, Answer<unknown>][] = [
      ['readProgram', await service.get('/v1/programs/nowhere', tenant)],
      ['readProgram', await service.get('/v1/programs/%ff', tenant)],
      ['readRun', await service.get('/v1/runs/nothing', tenant)],
      ['readRun', await service.get('/v1/runs/%ff', tenant)],
      ['deleteProgram', await service.send('DELETE', '/v1/programs/a%20b', { headers })],
      ['deleteProgram', await service.send('DELETE', '/v1/programs/%ff', { headers })],
      ['listProgramChanges', await service.get('/v1/programs/%ff/history', tenant)],
      ['retryDeferred', await service.send('POST', '/v1/deferred/nothing/1/retry', { headers })],
      ['retryDeferred', await service.send('POST', '/v1/deferred/programs/%ff/retry', { headers })],
    ];
    expect(answers.map(([, { status }]) => status)).toEqual([404, 400, 404, 400, 404, 400, 400, 404, 400]);
    expect(answers.flatMap(([operationId, answer]) => api.faults(operationId, answer))).toEqual([]);
  });

  it.each([
    ['listPrograms', 'GET', '/v1/programs?page=2'],
    ['listPrograms', 'GET', '/v1/programs?cursor=x'],
    ['readProgram', 'GET', '/v1/programs/1?fields=name'],
    ['listProgramChanges', 'GET', '/v1/programs/1/history?limit=0'],
    ['deleteProgram', 'DELETE', '/v1/programs/1?erase=perhaps'],
    ['listRuns', 'GET', '/v1/runs?cursor=x'],
    ['listDeferred', 'GET', '/v1/deferred?page=2'],
  ])('PARAMETER_INVALID of %s (%s %s)', async (operationId, method, path) => {
    const answer = await service.send(method, path, { headers: { 'X-Tenant-ID': tenant } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'PARAMETER_INVALID' } });
    expect(api.faults(operationId, answer)).toEqual([]);
  });

  it.each([
    ['listPrograms', '/v1/programs'],
    ['readProgram', '/v1/programs/1'],
    ['listProgramChanges', '/v1/programs/1/history'],
    ['listRuns', '/v1/runs'],
    ['readRun', '/v1/runs/1'],
    ['listDeferred', '/v1/deferred'],
  ])('TENANT_ID_MALFORMED of %s', async (operationId, path) => {
    const answer = await service.get(path, 'a b');
    expect(answer).toMatchObject({ status: 422, body: { code: 'TENANT_ID_MALFORMED' } });
    expect(api.faults(operationId, answer)).toEqual([]);
  });

  it('DATABASE_UNAVAILABLE, and a service that is alive and not ready', async () => {
    const line = new Line(new URL(workerDatabaseUrl()));
    const away = await TestService.start({ DATABASE_URL: await line.open() });
    line.cut();
    const answers: [string, Answer<unknown>][] = [
      ['syncPrograms', await post([body], away)],
      ['listPrograms', await away.get('/v1/programs', tenant)],
      ['readProgram', await away.get('/v1/programs/1', tenant)],
      ['listProgramChanges', await away.get('/v1/programs/1/history', tenant)],
      ['deleteProgram', await away.send('DELETE', '/v1/programs/1')],
      ['listRuns', await away.get('/v1/runs', tenant)],
      ['readRun', await away.get('/v1/runs/0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a21', tenant)],
      ['listDeferred', await away.get('/v1/deferred', tenant)],
      ['retryDeferred', await away.send('POST', '/v1/deferred/programs/1/retry')],
      ['discardDeferred', await away.send('DELETE', '/v1/deferred/programs/1')],
      ['readReadiness', await away.get('/v1/health/ready')],
      ['readHealth', await away.get('/v1/health')],
    ];
    await away.close();
    await line.close();
    expect(answers.map(([, { status }]) => status)).toEqual([...Array<number>(11).fill(503), 200]);
    expect(answers.flatMap(([operationId, answer]) => api.faults(operationId, answer))).toEqual([]);
  });
});
