import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Express } from 'express';
import { Client } from 'pg';
import { type ProblemCode, PROBLEMS } from '../src/request/problem';
import { ApiDescription, type ApiDocument } from './support/api-description';
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

it('every request that the document gives as an example is answered 200, as the document says', async () => {
  const requests = api.exampleRequests();
  for (const { name, operation, method, path, body, contentType } of requests) {
    const headers = { 'X-Tenant-ID': tenant, ...(contentType !== undefined && { 'Content-Type': contentType }) };
    const answer = await service.send(method, path, { headers, ...(body !== undefined && { body }) });
    expect([name, answer.status, ...api.faults(operation.operationId, answer)]).toEqual([name, 200]);
  }
  expect(requests.length).toBeGreaterThanOrEqual(24);
});

describe.each([
  ['students', { id: '1', Display_Name: 'Omar Kaya', Academic_Email: 'omar@c.example', Birth_Date: '2003-04-17' }],
  ['programs', { id: '1', Name: 'HND', Price: '4,200.00' }],
])('an answer about %s is as the document says', (entity, record) => {
  const capital = entity.charAt(0).toUpperCase() + entity.slice(1);
  const [syncId, listId, readId] = [`sync${capital}`, `list${capital}`, `read${capital.slice(0, -1)}`];
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
    ]);
    expect(outcomesOf(answer)).toEqual(['NEW', 'UPDATED', 'UNCHANGED', 'STALE', 'INVALID', 'INVALID', 'INVALID']);
    expect(JSON.stringify(answer.body)).toContain('warnings');
    expect(api.faults(syncId, answer)).toEqual([]);
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

it('a record that the database refuses is answered as the document says', async () => {
  await withOwnDatabase('refusing_openapi', async (url, superuserUrl) => {
    await ask(`ALTER TABLE program ADD CONSTRAINT refusing CHECK (code <> 'refuse me')`, [], superuserUrl);
    const refusing = await TestService.start({ DATABASE_URL: url });
    const body = '[{"id":"1","Name":"HND","Program_ID":"refuse me"}]';
    const answer = await refusing.send('POST', '/v1/sync/programs', { body });
    await refusing.close();
    expect(answer).toMatchObject({ status: 200, body: { results: [{ status: 'ERROR' }] } });
    expect(api.faults('syncPrograms', answer)).toEqual([]);
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
    TOO_MANY_RECORDS: [JSON.stringify(Array(51).fill({ id: '1' }))],
    ENCODING_NOT_SUPPORTED: [body, { 'Content-Encoding': 'lzma' }],
    UNSUPPORTED_MEDIA_TYPE: ['<x/>', { 'Content-Type': 'application/xml' }],
    NO_RECORDS: ['[]'],
    RECORD_WITHOUT_FIELDS: ['{"ids":["1"]}'],
    WRONG_MODULE: ['{"module":"BTEC_Students","data":[{"id":"1"}]}'],
    OPERATION_NOT_SUPPORTED: ['{"ids":["1"],"operation":"delete"}'],
    HEADERS_TOO_LARGE: [body, { 'X-Large': 'x'.repeat(20_000) }],
    TENANT_ID_MALFORMED: [body, { 'X-Tenant-ID': 'a b' }],
    IDEMPOTENCY_KEY_MALFORMED: [body, { 'Idempotency-Key': '' }],
    PARAMETER_INVALID: [body, {}, '?dryRun=perhaps'],
  };
  /** Provoked below, or by nothing that a test may do. */
  const others = new Set<ProblemCode>([
    'NOT_FOUND',
    'IDEMPOTENCY_KEY_REUSED',
    'IDEMPOTENCY_IN_PROGRESS',
    'DATABASE_UNAVAILABLE',
    'INTERNAL_ERROR',
    'BAD_REQUEST',
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
    const answers = [await service.get('/v1/programs/nowhere', tenant), await service.get('/v1/programs/%ff', tenant)];
    expect(answers.map(({ status }) => status)).toEqual([404, 400]);
    expect(answers.flatMap((answer) => api.faults('readProgram', answer))).toEqual([]);
  });

  it.each([
    ['listPrograms', '/v1/programs'],
    ['readProgram', '/v1/programs/1'],
    ['readHealth', '/v1/health'],
    ['readReadiness', '/v1/health/ready'],
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
      ['readReadiness', await away.get('/v1/health/ready')],
      ['readHealth', await away.get('/v1/health')],
    ];
    await away.close();
    await line.close();
    expect(answers.map(([, { status }]) => status)).toEqual([503, 503, 503, 503, 200]);
    expect(answers.flatMap(([operationId, answer]) => api.faults(operationId, answer))).toEqual([]);
  });
});
