import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bearing, newKey } from './support/access';
import { newTenant, statusesOf, TestService } from './support/app';
import { ask, untilBlocked, whileLocked } from './support/databases';

const statuses = (answers: readonly { status: number }[]): Record<number, number> =>
  Object.fromEntries([...Map.groupBy(answers, ({ status }) => status)].map(([status, of]) => [status, of.length]));

describe.each([
  ['PostgreSQL', {}],
  ['Redis', { REDIS_URL: process.env['TEST_REDIS_URL'] ?? '' }],
])('the rate, counted in %s', (_store, variables) => {
  let services: TestService[];
  beforeAll(async () => {
    const start = () =>
      TestService.start({ AUTHENTICATION: 'key-or-signature', REQUESTS_PER_MINUTE: '20', ...variables });
    services = [await start(), await start()];
  });
  afterAll(() => Promise.all(services.map((service) => service.close())));
  const list = (n: number, headers: Record<string, string>) => {
    const service = services[n % 2];
    if (!service) throw new Error('There are two services');
    return service.send<{ code?: string }>('GET', '/v1/programs', { headers });
  };
  const manager = (): TestService => {
    const [service] = services;
    if (!service) throw new Error('There are two services');
    return service;
  };

  it('is exact for a tenant, over two processes and fifty requests at once', async () => {
    const key = await newKey(manager());
    const tenant = newTenant();
    const answers = await Promise.all(Array.from({ length: 50 }, (_none, n) => list(n, bearing(key, tenant))));
    expect(statuses(answers)).toEqual({ 200: 20, 429: 30 });
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('RATE_EXCEEDED');
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect((await list(0, bearing(key, newTenant()))).status).toBe(200);
  });

  it('is never exceeded where processes count many requests at a time', async () => {
    const operator = await newKey(manager());
    const tenant = newTenant();
    await manager().send('POST', '/v1/admin/tenants', {
      headers: bearing(operator),
      body: JSON.stringify({ id: tenant, limits: { requests_per_minute: 300 } }),
    });
    const key = await newKey(manager(), { tenant });
    const answers = await Promise.all(Array.from({ length: 340 }, (_none, n) => list(n, bearing(key))));
    const { 200: answered = 0, 429: refused = 0 } = statuses(answers);
    expect(answered + refused).toBe(340);
    expect(answered).toBeLessThanOrEqual(300);
    // Each process counts three at a time, and may be left with two that nobody has asked for.
    expect(answered).toBeGreaterThanOrEqual(296);
  });

  it('is exact for a key with a limit of its own, and leaves others of the tenant theirs', async () => {
    const tenant = newTenant();
    const slow = await newKey(manager(), { tenant, perMinute: 5 });
    const answers = await Promise.all(Array.from({ length: 12 }, (_none, n) => list(n, bearing(slow))));
    expect(statuses(answers)).toEqual({ 200: 5, 429: 7 });
    expect((await list(0, bearing(await newKey(manager(), { tenant })))).status).toBe(200);
  });

  it('is the tenant’s own where it is set', async () => {
    const operator = await newKey(manager());
    const tenant = newTenant();
    await manager().send('POST', '/v1/admin/tenants', {
      headers: bearing(operator),
      body: JSON.stringify({ id: tenant, limits: { requests_per_minute: 3 } }),
    });
    const key = await newKey(manager(), { tenant });
    const answers = await Promise.all(Array.from({ length: 5 }, (_none, n) => list(n, bearing(key))));
    expect(statuses(answers)).toEqual({ 200: 3, 429: 2 });
  });

  it('counts what a tenant’s key asks of the service too, and never keeps an operator from the tenant', async () => {
    const operator = await newKey(manager());
    const tenant = newTenant();
    const key = await newKey(manager(), { tenant });
    const keys = () => manager().send('GET', '/v1/admin/keys', { headers: bearing(key) });
    const answers = [];
    for (let n = 0; n < 22; n += 1) answers.push(await keys());
    expect(statuses(answers)).toEqual({ 200: 20, 429: 2 });
    expect((await list(0, bearing(key))).status).toBe(429);
    const pause = { headers: bearing(operator), body: '{"state":"paused"}' };
    expect((await manager().send('PATCH', `/v1/admin/tenants/${tenant}`, pause)).status).toBe(200);
  });

  it('is not used up by requests that are not let in', async () => {
    const tenant = newTenant();
    await Promise.all(
      Array.from({ length: 40 }, (_none, n) => list(n, { 'X-API-Key': 'wrong', 'X-Tenant-ID': tenant })),
    );
    expect((await list(0, bearing(await newKey(manager(), { tenant })))).status).toBe(200);
  });
});

describe('requests of one tenant at once', () => {
  it('are so many, and the others wait; another tenant’s do not', async () => {
    const service = await TestService.start({ CONCURRENT_REQUESTS: '2' });
    const [busy, other] = [newTenant(), newTenant()];
    const sync = (tenant: string) => service.sync('programs', { id: 'p1', Name: randomUUID() }, { tenant });
    await sync(busy);
    const row = `SELECT FROM program WHERE tenant_id = $1 FOR UPDATE`;
    const { waiting, free } = await whileLocked(row, [busy], async () => {
      const all = Promise.all(Array.from({ length: 6 }, () => sync(busy)));
      await untilBlocked(2);
      const others = await sync(other);
      const blocked = await ask<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity
         WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
      );
      expect(blocked).toEqual([{ n: 2 }]);
      return { waiting: all, free: others };
    });
    expect(statusesOf(free)).toEqual(['NEW']);
    expect((await waiting).flatMap(statusesOf)).toEqual(Array(6).fill('UPDATED'));
    await service.close();
  });
});

describe('an answer that comes before the body', () => {
  const LENGTH = 64 * 1_024 * 1_024;
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start({ AUTHENTICATION: 'key-or-signature' });
  });
  afterAll(() => service.close());
  const send = (path: string, headers: readonly string[]): Socket => {
    const port = Number(new URL(service.url).port);
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    socket.write([`POST ${path} HTTP/1.1`, 'Host: x', `Content-Length: ${LENGTH}`, ...headers, '\r\n'].join('\r\n'));
    return socket;
  };

  it.each([
    ['the caller wants the connection to end', '/v1/sync/programs', ['Connection: close'], 401],
    ['nothing of the body is read', '/v1/import/nothing', ['Content-Type: text/csv'], 404],
    ['some of the body was read', '/v1/import/programs', ['Content-Type: text/csv'], 400],
  ])('reaches who reads it only when all is sent: %s', async (_when, path, headers, status) => {
    const key = await newKey(service, { tenant: newTenant() });
    const socket = send(path, status === 401 ? headers : [...headers, `Authorization: Bearer ${key}`]);
    await promisify((body: Buffer, sent: (error?: Error | null) => void) => socket.write(body, sent))(
      Buffer.alloc(LENGTH),
    );
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    socket.end();
  });

  it('leaves nothing behind when the body comes with the head', async () => {
    const arrived = once(service.app.getHttpServer(), 'request') as Promise<[IncomingMessage]>;
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const noticed = arrived.then(([request]) => request.once('close', resolve));
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write('POST /v1/sync/programs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
    await noticed;
    await isOver;
  });

  it('ends the connection of who never sends the body', async () => {
    const socket = send('/v1/sync/programs', ['Connection: close']);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    socket.once('close', resolve);
    const sending = setInterval(() => socket.write('x'), 100);
    await isOver.finally(() => clearInterval(sending));
  });
});

describe('a body', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start({ MAX_BODY_BYTES: '100000', MAX_BATCH_RECORDS: '10', BODY_TIMEOUT_SECONDS: '1' });
  });
  afterAll(() => service.close());
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    service.send('POST', '/v1/sync/programs', {
      body,
      headers: { 'X-Tenant-ID': newTenant(), 'Content-Type': 'application/json', ...headers },
    });

  it('that is too large is 413, also when it is so only once it is unpacked', async () => {
    const large = JSON.stringify({ id: 'p1', Name: 'x'.repeat(200_000) });
    expect(await post(large)).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    const bomb = new Uint8Array(gzipSync(large));
    expect(bomb.length).toBeLessThan(1_000);
    expect(await post(bomb, { 'Content-Encoding': 'gzip' })).toMatchObject({ status: 413 });
  });

  it('of too many records is 413, and one nested too deep 400', async () => {
    const many = JSON.stringify(Array.from({ length: 11 }, (_none, n) => ({ id: `p${n}`, Name: 'HND' })));
    expect(await post(many)).toMatchObject({ status: 413, body: { code: 'TOO_MANY_RECORDS' } });
    expect(await post('['.repeat(33) + ']'.repeat(33))).toMatchObject({ status: 400, body: { code: 'TOO_DEEP' } });
  });

  it('that does not arrive in time is 408, and its connection ends', async () => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write('POST /v1/sync/programs HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"id":');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 [^]*"code":"BODY_TOO_SLOW"/);
  });

  it('of an import has its time while it is waited for, and not once it is refused', async () => {
    const headers = { 'X-Tenant-ID': newTenant(), 'Content-Type': 'text/csv' };
    // Its first line tells that it cannot be read, and nobody asks for what follows.
    const body = new Uint8Array(Buffer.from('\ufeffid,Name\np1,HND\n', 'utf16le'));
    const refused = await service.send('POST', '/v1/import/programs', { body, headers });
    expect(refused).toMatchObject({ status: 400, body: { code: 'INVALID_ENCODING' } });
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    const head = ['POST /v1/import/programs HTTP/1.1', 'Host: x', 'Content-Type: text/csv', 'Content-Length: 100'];
    socket.write(`${head.join('\r\n')}\r\n\r\nid`);
    // Answered after a second, which is later than the first body's would be over.
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 [^]*Connection: close[^]*"code":"BODY_TOO_SLOW"/);
    expect((await service.get('/v1/health')).status).toBe(200);
  });
});

it('strangers who are slow keep neither each other nor anybody else from being read', async () => {
  const service = await TestService.start({ AUTHENTICATION: 'key-or-signature' });
  const tenant = newTenant();
  const key = await newKey(service, { tenant });
  await service.send('PATCH', `/v1/admin/tenants/${tenant}`, { headers: bearing(key), body: '{"name":"x"}' });
  const path = `/v1/admin/tenants/${tenant}/webhook-secrets`;
  const made = await service.send<{ secret: string }>('POST', path, { headers: bearing(key) });
  const timestamp = String(Date.now());
  const lure = `Host: x\r\nX-Tenant-ID: ${tenant}\r\nX-Zoho-Signature: 00\r\nX-Zoho-Timestamp: ${timestamp}\r\nExpect: 100-continue`;
  const sockets = [5_000_000, 100].flatMap((length) =>
    Array.from({ length: 40 }, () => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1').on('error', () => undefined);
      socket.write(`POST /v1/sync/programs HTTP/1.1\r\n${lure}\r\nContent-Length: ${length}\r\n\r\n{`);
      return socket;
    }),
  );
  // Node asks for the body as soon as it hands the request over.
  await Promise.all(sockets.map((socket) => once(socket, 'data')));
  const asked = sockets.map(({ bytesRead }) => bytesRead);
  const body = '{"id":"p1","Name":"HND"}';
  const signature = createHmac('sha256', made.body.secret).update(`${timestamp}.${body}`).digest('hex');
  const headers = { 'X-Tenant-ID': tenant, 'X-Zoho-Timestamp': timestamp, 'X-Zoho-Signature': signature };
  const answers = [
    await service.send('POST', '/v1/sync/programs', { body, headers }),
    await service.send('POST', '/v1/sync/programs', { body, headers: { ...headers, ...bearing(key) } }),
  ];
  // Answered before any of them: they are being read still.
  expect(sockets.map(({ bytesRead }) => bytesRead)).toEqual(asked);
  expect(statuses(answers)).toEqual({ 200: 2 });
  for (const socket of sockets) socket.destroy();
  await service.close();
});

it('what administrators send is small, and its mistakes are told shortly', async () => {
  const service = await TestService.start();
  const post = (path: string, body: object) =>
    service.send('POST', `/v1/admin/tenants${path}`, { body: JSON.stringify(body) });
  const many = Object.fromEntries(Array.from({ length: 40_000 }, (_none, n) => [`k${n}`, 1]));
  for (const path of ['', '/default/profile/test']) {
    const answer = await post(path, { entity: 'students', payload: 1, ...many });
    expect(answer).toMatchObject({ status: 422, body: { code: 'PARAMETER_INVALID' } });
    expect(JSON.stringify(answer.body).length).toBeLessThan(10_000);
    expect((await post(path, { name: 'x'.repeat(1_100_000) })).status).toBe(413);
  }
  await service.close();
});

it('a page is of 500 at most', async () => {
  const service = await TestService.start();
  for (const path of [
    '/v1/programs',
    '/v1/runs',
    '/v1/deferred',
    '/v1/admin/pushes',
    '/v1/admin/tenants',
    '/v1/admin/audit',
    '/v1/admin/keys',
  ]) {
    expect([path, (await service.get(`${path}?limit=501`)).status]).toEqual([path, 422]);
    expect([path, (await service.get(`${path}?limit=500`)).status]).toEqual([path, 200]);
  }
  await service.close();
});
