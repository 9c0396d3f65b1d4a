import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Scope } from '../src/access/scope';
import type { MadeKeyView } from '../src/admin/keys.service';
import { bearing, idOf, newKey } from './support/access';
import { type Answer, newTenant, TestService } from './support/app';
import { ask } from './support/databases';

let service: TestService;
let operator: string;
beforeAll(async () => {
  service = await TestService.start({ AUTHENTICATION: 'key-or-signature' });
  operator = await newKey(service);
});
afterAll(() => service.close());

const BODY = '{"id":"p1","Name":"HND"}';
const take = (headers: Record<string, string>): Promise<Answer<{ tenant_id: string; code?: string }>> =>
  service.send('POST', '/v1/sync/programs', { body: BODY, headers });
const asOperator = <T>(method: string, path: string, body?: object): Promise<Answer<T>> =>
  service.send<T>(method, path, { headers: bearing(operator), ...(body && { body: JSON.stringify(body) }) });

/** A key that is well formed: of this id, with this secret. */
const textOf = (id: string, secret: string): string =>
  `mzi_${id}_${secret}${crc32(`${id}_${secret}`).toString(16).padStart(8, '0')}`;

describe('a request without a key', () => {
  it.each([
    ['POST', '/v1/sync/programs'],
    ['GET', '/v1/programs'],
    ['GET', '/v1/runs'],
    ['GET', '/v1/admin/keys'],
    ['GET', '/metrics'],
  ])('%s %s is 401, and says which way in there is', async (method, path) => {
    const answer = await service.send(method, path, { ...(method === 'POST' && { body: BODY }) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('may ask whether the service is alive', async () => {
    expect((await service.send('GET', '/v1/health')).status).toBe(200);
    expect((await service.send('GET', '/v1/health/ready')).status).toBe(200);
  });

  it('has its body read by nobody', async () => {
    const answer = await service.send('POST', '/v1/sync/programs', { body: 'x'.repeat(12_000_000) });
    expect(answer.status).toBe(401);
  });
});

describe('a key', () => {
  it.each([
    ['Authorization', (key: string) => `Bearer ${key}`],
    ['authorization', (key: string) => `bearer  ${key}`],
    ['X-API-Key', (key: string) => key],
  ])('lets in as %s, into its tenant', async (header, value) => {
    const tenant = newTenant();
    const answer = await take({ [header]: value(await newKey(service, { tenant })) });
    expect(answer).toMatchObject({ status: 200, body: { tenant_id: tenant } });
  });

  it('of all tenants lets into the one that the header names, else the default one', async () => {
    const tenant = newTenant();
    expect((await take(bearing(operator, tenant))).body.tenant_id).toBe(tenant);
    expect((await take(bearing(operator))).body.tenant_id).toBe('default');
  });

  it('is stored as a hash alone', async () => {
    const key = await newKey(service);
    const [line] = await ask<Record<string, unknown>>('SELECT * FROM api_key WHERE id = $1', [idOf(key)]);
    const secret = key.slice(-56);
    expect(JSON.stringify(line)).not.toContain(secret.slice(0, 16));
    expect(line?.['hash']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is shown once: neither the list nor the audit log has it', async () => {
    const made = await asOperator<MadeKeyView>('POST', '/v1/admin/keys', { name: newTenant(), scopes: ['read'] });
    expect(made).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^mzi_/) as string, state: 'live' } });
    const secret = made.body.key.slice(-56, -8);
    for (const path of ['/v1/admin/keys', '/v1/admin/audit?service=true']) {
      const answer = await asOperator('GET', path);
      expect(JSON.stringify(answer.body)).toContain(made.body.id);
      expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  });

  it('remembers when it was last used', async () => {
    const key = await newKey(service, { tenant: newTenant() });
    await take(bearing(key));
    const { body } = await asOperator<{ data: { id: string; last_used_at: string | null }[] }>('GET', '/v1/admin/keys');
    expect(body.data.find(({ id }) => id === idOf(key))?.last_used_at).toMatch(/^\d{4}-/);
  });
});

describe('a key that lets nobody in is 401', () => {
  const refused = async (headers: Record<string, string>): Promise<void> =>
    expect(await take(headers)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });

  it.each([
    ['empty', ''],
    ['not ours', 'sk_live_123'],
    ['of 8 kB', `mzi_${'a'.repeat(8_000)}`],
    ['in Unicode', 'mzi_\u00e9_\u00e9'],
    ['of no form', 'mzi__'],
    ['unknown', textOf('000000000000', '0'.repeat(48))],
  ])('%s', async (_name, key) => {
    await refused({ 'X-API-Key': Buffer.from(key).toString('latin1') });
    await refused({ Authorization: Buffer.from(`Bearer ${key}`).toString('latin1') });
  });

  it('with another secret, its id and checksum being right', async () => {
    const key = await newKey(service);
    await refused(bearing(textOf(idOf(key), randomBytes(24).toString('hex'))));
    expect((await take(bearing(key))).status).toBe(200);
  });

  it('with a wrong checksum', async () => {
    const key = await newKey(service);
    await refused(bearing(key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')));
  });

  it('as another scheme than Bearer', async () => {
    await refused({ Authorization: `Basic ${Buffer.from(`x:${operator}`).toString('base64')}` });
  });

  it('beside another one', async () => {
    await refused({ Authorization: `Bearer ${operator}`, 'X-API-Key': await newKey(service) });
  });

  it('once it has expired', async () => {
    const key = await newKey(service);
    await ask(`UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [idOf(key)]);
    await refused(bearing(key));
  });

  it('once it is revoked, though it was just used', async () => {
    const key = await newKey(service);
    expect((await take(bearing(key))).status).toBe(200);
    const revoked = await asOperator('DELETE', `/v1/admin/keys/${idOf(key)}`);
    expect(revoked).toMatchObject({ status: 200, body: { state: 'revoked' } });
    await refused(bearing(key));
    expect((await asOperator('DELETE', `/v1/admin/keys/${idOf(key)}`)).status).toBe(404);
  });
});

describe('a key of one tenant', () => {
  it('is 403 with another tenant’s header, whatever the route', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const key = await newKey(service, { tenant });
    for (const [method, path] of [
      ['GET', '/v1/programs'],
      ['GET', '/v1/admin/keys'],
      ['GET', `/v1/admin/tenants/${tenant}`],
    ] as const) {
      const answer = await service.send(method, path, { headers: bearing(key, other) });
      expect(answer).toMatchObject({ status: 403, body: { code: 'OTHER_TENANT' } });
    }
    expect((await take(bearing(key, other))).status).toBe(403);
    expect((await take(bearing(key, tenant))).status).toBe(200);
  });

  it('is 403 at another tenant’s address', async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const key = await newKey(service, { tenant });
    for (const [method, path] of [
      ['GET', `/v1/admin/tenants/${other}`],
      ['PATCH', `/v1/admin/tenants/${other}`],
      ['GET', `/v1/admin/tenants/${other}/profile`],
      ['PUT', `/v1/admin/tenants/${other}/profile`],
      ['POST', `/v1/admin/tenants/${other}/webhook-secrets`],
      ['DELETE', `/v1/admin/tenants/${other}/webhook-secrets/1`],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' };
      const answer = await service.send(method, path, { headers: bearing(key), ...body });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });

  it('finds neither record, run, cursor, deferred record, push nor idempotency key of another', async () => {
    const [mine, theirs] = [newTenant(), newTenant()];
    const theirKey = await newKey(service, { tenant: theirs });
    const myKey = await newKey(service, { tenant: mine });
    const named = { 'Idempotency-Key': 'the-same' };
    const first = await service.send<{ run_id: string }>('POST', '/v1/sync/programs', {
      body: '{"data":[{"id":"p1","Name":"Theirs"},{"id":"p2","Name":"Theirs"}]}',
      headers: { ...bearing(theirKey), ...named },
    });
    await service.send('POST', '/v1/sync/enrollments', {
      body: '{"id":"e1","Student":"s1","Class":"c1"}',
      headers: bearing(theirKey),
    });
    const get = <T>(path: string, key: string) => service.send<T>('GET', path, { headers: bearing(key) });
    const page = await get<{ next_cursor: string }>('/v1/programs?limit=1', theirKey);
    for (const path of [`/v1/programs/p1`, `/v1/runs/${first.body.run_id}`]) {
      expect((await get(path, theirKey)).status).toBe(200);
      expect((await get(path, myKey)).status).toBe(404);
    }
    for (const path of [`/v1/programs?cursor=${page.body.next_cursor}`, '/v1/deferred', '/v1/admin/pushes']) {
      expect(await get(path, myKey)).toMatchObject({ status: 200, body: { data: [] } });
    }
    const again = await service.send('POST', '/v1/sync/programs', {
      body: '{"id":"p1","Name":"Mine"}',
      headers: { ...bearing(myKey), ...named },
    });
    expect(again).toMatchObject({ status: 200, body: { tenant_id: mine, summary: { NEW: 1 } } });
    expect(again.headers.get('idempotent-replayed')).toBeNull();
  });

  it('makes, sees and ends keys of that tenant alone', async () => {
    const tenant = newTenant();
    const key = await newKey(service, { tenant });
    const send = <T>(method: string, path: string, body?: object) =>
      service.send<T>(method, path, { headers: bearing(key), ...(body && { body: JSON.stringify(body) }) });
    const make = (tenantId?: string | null) =>
      send<MadeKeyView>('POST', '/v1/admin/keys', {
        name: 'mine',
        scopes: ['sync'],
        ...(tenantId !== undefined && { tenant_id: tenantId }),
      });
    expect(await make()).toMatchObject({ status: 201, body: { tenant_id: tenant } });
    expect((await make(null)).status).toBe(403);
    expect((await make(newTenant())).status).toBe(403);
    const { body } = await send<{ data: { tenant_id: string }[] }>('GET', '/v1/admin/keys');
    expect(body.data.map(({ tenant_id: of }) => of)).toEqual([tenant, tenant]);
    expect((await send('DELETE', `/v1/admin/keys/${idOf(operator)}`)).status).toBe(404);
    expect((await send('POST', `/v1/admin/keys/${idOf(operator)}/rotate`, {})).status).toBe(404);
    expect((await take(bearing(operator))).status).toBe(200);
  });

  it('registers no tenant, sees no other, and sets neither its own state nor its own limits', async () => {
    const tenant = newTenant();
    await asOperator('POST', '/v1/admin/tenants', { id: tenant });
    const key = await newKey(service, { tenant });
    const send = (method: string, path: string, body?: object) =>
      service.send(method, path, { headers: bearing(key), ...(body && { body: JSON.stringify(body) }) });
    expect((await send('POST', '/v1/admin/tenants', { id: newTenant() })).status).toBe(403);
    expect(await send('GET', '/v1/admin/tenants')).toMatchObject({
      body: { data: [{ id: tenant }], next_cursor: null },
    });
    expect((await send('PATCH', `/v1/admin/tenants/${tenant}`, { state: 'active' })).status).toBe(403);
    expect((await send('PATCH', `/v1/admin/tenants/${tenant}`, { limits: { requests_per_minute: 0 } })).status).toBe(
      403,
    );
    expect((await send('PATCH', `/v1/admin/tenants/${tenant}`, { name: 'Ours' })).status).toBe(200);
    expect((await send('GET', '/metrics')).status).toBe(403);
    expect((await send('GET', '/v1/admin/audit?service=true')).status).toBe(403);
  });
});

describe('a scope', () => {
  const ROUTES: readonly [Scope, string, string][] = [
    ['sync', 'POST', '/v1/sync/programs'],
    ['sync', 'DELETE', '/v1/programs/p1'],
    ['sync', 'POST', '/v1/deferred/programs/p1/retry'],
    ['read', 'GET', '/v1/programs'],
    ['read', 'GET', '/v1/programs/p1/history'],
    ['read', 'GET', '/v1/deferred'],
    ['read', 'GET', '/v1/runs'],
    ['read', 'GET', '/metrics'],
    ['admin', 'DELETE', '/v1/programs/p1?erase=true'],
    ['admin', 'DELETE', '/v1/programs/p1?erase=TRUE'],
    ['admin', 'DELETE', '/v1/programs/p1?erase=1&erase=0'],
    ['admin', 'GET', '/v1/admin/keys'],
    ['admin', 'GET', '/v1/admin/tenants'],
    ['admin', 'GET', '/v1/admin/audit'],
    ['admin', 'GET', '/v1/admin/pushes'],
    ['admin', 'GET', '/v1/admin/holds'],
    ['admin', 'GET', '/v1/admin/moodle'],
    ['admin', 'GET', '/v1/admin/tenants/default/profile'],
  ];

  it.each(ROUTES)('%s is what %s %s needs: the two others do not do', async (scope, method, path) => {
    const others = (['sync', 'read', 'admin'] as const).filter((one) => one !== scope);
    const send = async (scopes: readonly Scope[]) =>
      service.send(method, path, {
        headers: bearing(await newKey(service, { scopes })),
        ...(method === 'POST' && { body: BODY }),
      });
    expect(await send(others)).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } });
    expect((await send([scope])).status).not.toBe(403);
  });
});

describe('rotation', () => {
  it('lets both in, until the grace is over', async () => {
    const tenant = newTenant();
    const old = await newKey(service, { tenant, scopes: ['sync'], perMinute: 500 });
    const { status, body } = await asOperator<MadeKeyView>('POST', `/v1/admin/keys/${idOf(old)}/rotate`, {
      grace_hours: 1,
    });
    expect([status, body.tenant_id, body.scopes, body.requests_per_minute]).toEqual([201, tenant, ['sync'], 500]);
    for (const key of [old, body.key]) expect((await take(bearing(key))).status).toBe(200);
    const [line] = await ask<{ hours: number }>(
      `SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM api_key WHERE id = $1`,
      [idOf(old)],
    );
    expect(line?.hours).toBe(1);
  });

  it('gives the new one as long to live as the old one had', async () => {
    const body = { name: newTenant(), scopes: ['read'], expires_in_days: 3 };
    const old = await asOperator<MadeKeyView>('POST', '/v1/admin/keys', body);
    const next = await asOperator<MadeKeyView>('POST', `/v1/admin/keys/${old.body.id}/rotate`, {});
    const days = (Date.parse(next.body.expires_at ?? '') - Date.parse(next.body.created_at)) / 86_400_000;
    expect(days).toBeCloseTo(3, 3);
  });

  it('without a grace ends the old one at once', async () => {
    const old = await newKey(service);
    await take(bearing(old));
    const { body } = await asOperator<MadeKeyView>('POST', `/v1/admin/keys/${idOf(old)}/rotate`, { grace_hours: 0 });
    expect((await take(bearing(old))).status).toBe(401);
    expect((await take(bearing(body.key))).status).toBe(200);
  });

  it('allows two live keys of a name and tenant and no third, however many ask at once', async () => {
    const name = newTenant();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => asOperator('POST', '/v1/admin/keys', { name, scopes: ['read'] })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201, 201, 409, 409, 409, 409, 409, 409,
    ]);
    const other = await asOperator('POST', '/v1/admin/keys', { name, scopes: ['read'], tenant_id: newTenant() });
    expect(other.status).toBe(201);
  });

  it('of a tenant are a hundred at most', async () => {
    const tenant = newTenant();
    await ask(
      `INSERT INTO api_key (id, hash, name, tenant_id, scopes)
       SELECT lpad(to_hex(n), 12, '0'), '', 'key ' || n, $1, '{read}' FROM generate_series(1, 100) AS n`,
      [tenant],
    );
    const one = { name: 'one more', scopes: ['read'], tenant_id: tenant };
    expect(await asOperator('POST', '/v1/admin/keys', one)).toMatchObject({ status: 409 });
    await asOperator('DELETE', '/v1/admin/keys/000000000001');
    expect((await asOperator('POST', '/v1/admin/keys', one)).status).toBe(201);
    await ask('DELETE FROM api_key WHERE tenant_id = $1', [tenant]);
  });
});

it.each([
  ['no name', { scopes: ['read'] }],
  ['no scopes', { name: 'x', scopes: [] }],
  ['an unknown scope', { name: 'x', scopes: ['root'] }],
  ['a malformed tenant', { name: 'x', scopes: ['read'], tenant_id: '../x' }],
  ['a line break in its name', { name: 'x\ny', scopes: ['read'] }],
  ['NUL in its name', { name: 'x\u0000', scopes: ['read'] }],
  ['a column of ours', { name: 'x', scopes: ['read'], hash: 'x' }],
  ['a list', []],
])('a key with %s is 422', async (_what, body) => {
  expect(await asOperator('POST', '/v1/admin/keys', body)).toMatchObject({
    status: 422,
    body: { code: 'PARAMETER_INVALID', errors: expect.any(Array) as unknown },
  });
});

describe('without authentication', () => {
  let open: TestService;
  beforeAll(async () => {
    open = await TestService.start();
  });
  afterAll(() => open.close());

  it('a key that is given counts all the same', async () => {
    const tenant = newTenant();
    const key = await newKey(service, { tenant, scopes: ['read'] });
    const send = (headers: Record<string, string>) => open.send('POST', '/v1/sync/programs', { body: BODY, headers });
    expect((await send({})).status).toBe(200);
    expect((await send(bearing(key))).status).toBe(403);
    expect((await send({ 'X-API-Key': 'wrong' })).status).toBe(401);
    expect(await open.send('GET', '/v1/programs', { headers: bearing(key) })).toMatchObject({
      status: 200,
      body: { data: [] },
    });
  });
});
