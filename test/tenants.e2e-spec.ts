import type { TenantView } from '../src/admin/tenants.service';
import { MoodleSites } from '../src/push/site/moodle-sites';
import { TenantDirectory } from '../src/tenants/tenant-directory';
import { UpkeepService } from '../src/upkeep/upkeep.service';
import { bearing, newKey } from './support/access';
import { type Answer, newTenant, TestService } from './support/app';
import { ask, createOwnDatabase, type OwnDatabase } from './support/databases';
import { Moodle } from './support/moodle/moodle';
import { newSecretKey } from './support/secret-keys';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start({ MOODLE_ENABLED: 'true' });
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const send = <T = TenantView>(method: string, path = '', body?: object): Promise<Answer<T>> =>
  service.send<T>(method, `/v1/admin/tenants${path}`, { ...(body && { body: JSON.stringify(body) }) });

const TOKEN = 'f00dfacef00dfacef00dfacef00dface';
const STANDARD = {
  name: null,
  state: 'active',
  authentication: null,
  limits: { requests_per_minute: null, concurrent_requests: null },
  moodle: { base_url: null, has_token: false },
  layout: 'program-course',
  drop_policy: 'suspend',
  profile_version: 0,
  webhook_secrets: [],
};

describe('a tenant', () => {
  it('is registered with what is set for it, and read back', async () => {
    const settings = {
      name: 'North College',
      authentication: 'key-and-signature',
      limits: { requests_per_minute: 600, concurrent_requests: 8 },
    };
    const moodle = { base_url: 'https://moodle.north.example', token: TOKEN };
    const more = { layout: 'class-course', drop_policy: 'unenrol' };
    const made = await send('POST', '', { id: tenant, ...settings, moodle, ...more });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      id: tenant,
      ...settings,
      ...more,
      moodle: { base_url: 'https://moodle.north.example', has_token: true },
      profile_version: 1,
    });
    expect((await send('GET', `/${tenant}`)).body).toEqual(made.body);
  });

  it('is as the service has it where nothing is set', async () => {
    expect((await send('POST', '', { id: tenant })).body).toMatchObject({ id: tenant, ...STANDARD });
  });

  it('is registered once, however many try at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('POST', '', { id: tenant })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
  });

  it('keeps what a change leaves out, and loses what is null', async () => {
    await send('POST', '', { id: tenant, name: 'North', limits: { requests_per_minute: 60, concurrent_requests: 8 } });
    const changed = await send('PATCH', `/${tenant}`, { limits: { requests_per_minute: null }, drop_policy: 'keep' });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        name: 'North',
        limits: { requests_per_minute: null, concurrent_requests: 8 },
        drop_policy: 'keep',
        layout: 'program-course',
        profile_version: 1,
      },
    });
    expect((await send('PATCH', `/${tenant}`, { name: null })).body.name).toBeNull();
  });

  it('keeps its profile when layout or drop policy change', async () => {
    await send('POST', '', { id: tenant, profile: { decimalComma: true, moodle: { categoryId: 7 } } });
    await send('PATCH', `/${tenant}`, { layout: 'class-course' });
    expect((await send('GET', `/${tenant}/profile`)).body).toMatchObject({
      version: 2,
      profile: { decimalComma: true, moodle: { categoryId: 7, layout: 'class-course' } },
    });
  });

  it('loses no change to another that is made at the same time', async () => {
    await send('POST', '', { id: tenant });
    await Promise.all([
      send('PATCH', `/${tenant}`, { name: 'North' }),
      send('PATCH', `/${tenant}`, { limits: { requests_per_minute: 60 } }),
      send('PATCH', `/${tenant}`, { authentication: 'key-or-signature' }),
      send('PATCH', `/${tenant}`, { moodle: { base_url: 'https://moodle.north.example' } }),
    ]);
    expect((await send('GET', `/${tenant}`)).body).toMatchObject({
      name: 'North',
      limits: { requests_per_minute: 60 },
      authentication: 'key-or-signature',
      moodle: { base_url: 'https://moodle.north.example' },
    });
  });

  it('that has mistakes is not changed at all', async () => {
    await send('POST', '', { id: tenant });
    const answer = await send('PATCH', `/${tenant}`, { name: 'North', profile: { surprise: 1 } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'PROFILE_INVALID' } });
    expect((await send('GET', `/${tenant}`)).body).toMatchObject(STANDARD);
  });

  it.each([
    ['no id', {}],
    ['a malformed id', { id: '../x' }],
    ['a column of ours', { id: 'x', created_at: '2020-01-01' }],
    ['NUL in its name', { id: 'x', name: '\u0000' }],
    ['a lone surrogate in its name', { id: 'x', name: '\ud800' }],
    ['a password in its address', { id: 'x', moodle: { base_url: 'https://u:secret@m.example' } }],
    ['NUL in its address', { id: 'x', moodle: { base_url: 'https://a/\u0000' } }],
    ['a lone surrogate in its address', { id: 'x', moodle: { base_url: 'https://\ud800.example' } }],
    ['half an address', { id: 'x', moodle: { base_url: 'https://[::' } }],
    ['an address of no port', { id: 'x', moodle: { base_url: 'http://127.0.0.1:99999' } }],
    ['an address of no host', { id: 'x', moodle: { base_url: 'http://x%2f:1' } }],
    ['an address of another kind', { id: 'x', moodle: { base_url: 'file:///etc/passwd' } }],
    ['a token that is none', { id: 'x', moodle: { token: 'secret secret' } }],
    ['a negative limit', { id: 'x', limits: { requests_per_minute: -1 } }],
    ['no room for requests', { id: 'x', limits: { concurrent_requests: 0 } }],
    ['an unknown layout', { id: 'x', layout: 'flat' }],
  ])('with %s is 422, and no secret comes back', async (_what, body) => {
    const answer = await send('POST', '', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'PARAMETER_INVALID' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  it('is on a page by id', async () => {
    const ids = ['b', 'a', 'c'].map((letter) => `zz-${tenant}-${letter}`);
    for (const id of ids) await send('POST', '', { id });
    const found: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await send<{ data: TenantView[]; next_cursor: string | null }>('GET', `?limit=2${cursor}`);
      found.push(...body.data.map(({ id }) => id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(found.filter((id) => ids.includes(id))).toEqual(ids.toSorted());
    expect(new Set(found).size).toBe(found.length);
  });
});

describe('a token of Moodle', () => {
  it('is stored sealed, and shown by no route', async () => {
    await send('POST', '', { id: tenant, moodle: { base_url: 'https://m.example', token: TOKEN } });
    const lines = await ask('SELECT * FROM tenant_secret WHERE tenant_id = $1', [tenant]);
    expect(lines).toHaveLength(1);
    const answers = [await send('GET', `/${tenant}`), await send('GET'), await service.get('/v1/admin/audit', tenant)];
    const all = JSON.stringify([lines, answers.map(({ body }) => body)]);
    expect(all).toContain('"moodle_token":"changed"');
    expect(all).not.toContain(TOKEN);
  });

  it('and its address are those to which is pushed, until the token is taken away', async () => {
    const moodle = await Moodle.start({ token: TOKEN });
    const { url: base_url, token } = moodle;
    await send('POST', '', { id: tenant, moodle: { base_url, token } });
    const check = () => service.get<{ ok: boolean }>('/v1/admin/moodle/check', tenant);
    expect((await service.get('/v1/admin/moodle', tenant)).body).toMatchObject({ enabled: true, base_url });
    expect((await check()).body).toMatchObject({ site: { url: expect.any(String) as string } });
    await send('PATCH', `/${tenant}`, { moodle: { token: null } });
    expect((await service.get('/v1/admin/moodle', tenant)).body).toMatchObject({ enabled: false });
    expect((await check()).body).toMatchObject({ ok: false, site: null });
    await moodle.stop();
  });

  it('is not sent to another site by changing the address alone', async () => {
    const moodle = await Moodle.start({ token: TOKEN });
    await send('POST', '', { id: tenant, moodle: { base_url: 'https://m.example', token: TOKEN } });
    const change = (base_url: string, rest = {}) => send('PATCH', `/${tenant}`, { moodle: { base_url, ...rest } });
    expect(await change(moodle.url)).toMatchObject({ status: 422, body: { errors: [{ field: 'moodle.token' }] } });
    expect((await send('GET', `/${tenant}`)).body.moodle.base_url).toBe('https://m.example');
    expect((await change('https://m.example/moodle')).status).toBe(200);
    expect((await change(moodle.url, { token: TOKEN })).status).toBe(200);
    await moodle.stop();
  });

  it('that cannot be opened is told, and nothing is pushed', async () => {
    await send('POST', '', { id: tenant, moodle: { base_url: 'https://m.example', token: TOKEN } });
    await ask(`UPDATE tenant_secret SET sealed = 'v1.lost.' || repeat('A', 60) WHERE tenant_id = $1`, [tenant]);
    const answer = await service.get('/v1/admin/moodle', tenant);
    expect(answer).toMatchObject({ status: 200, body: { enabled: false } });
  });
});

it('a process that has read the new address of a Moodle sends it no token that it has read before', async () => {
  const other = await TestService.start({ MOODLE_ENABLED: 'true' });
  const sites = other.app.get(MoodleSites);
  const [before, after] = [
    { base_url: 'https://old.example', token: TOKEN },
    { base_url: 'https://new.example', token: TOKEN.replaceAll('f', 'e') },
  ];
  await send('POST', '', { id: tenant, moodle: before });
  expect(await sites.findConfigured(tenant)).toEqual({ baseUrl: before.base_url, token: before.token });
  await send('PATCH', `/${tenant}`, { moodle: after });
  other.app.get(TenantDirectory).forget(tenant);
  const site = await sites.findConfigured(tenant);
  expect([before, after]).toContainEqual({ base_url: site?.baseUrl, token: site?.token });
  await other.close();
});

describe('a paused tenant', () => {
  const BODY = { id: 'p1', Name: 'HND' };
  beforeEach(async () => {
    await service.sync('programs', BODY, { tenant });
    await send('PATCH', `/${tenant}`, { state: 'paused' });
  });
  const take = () =>
    service.send('POST', '/v1/sync/programs', { headers: { 'X-Tenant-ID': tenant }, body: JSON.stringify(BODY) });

  it('has nothing taken in or deleted, and can be read, and goes on when it is active again', async () => {
    expect(await take()).toMatchObject({ status: 403, body: { code: 'TENANT_PAUSED' } });
    const removal = await service.send('DELETE', '/v1/programs/p1', { headers: { 'X-Tenant-ID': tenant } });
    expect(removal.status).toBe(403);
    expect((await service.get('/v1/programs/p1', tenant)).status).toBe(200);
    await send('PATCH', `/${tenant}`, { state: 'active' });
    expect((await take()).status).toBe(200);
  });

  it('has nothing pushed', async () => {
    const moodle = await Moodle.start({ token: TOKEN });
    const { url: base_url, token } = moodle;
    await send('PATCH', `/${tenant}`, { moodle: { base_url, token } });
    expect((await service.get('/v1/admin/moodle', tenant)).body).toMatchObject({ enabled: false, base_url });
    await service.app.get(UpkeepService).keepUp(tenant);
    expect(moodle.calls).toEqual([]);
    await moodle.stop();
  });
});

describe('in production', () => {
  let database: OwnDatabase;
  let production: TestService;
  let operator: string;
  beforeAll(async () => {
    database = await createOwnDatabase('registered');
    const variables = { DATABASE_URL: database.url, ENV: 'production', SECRET_KEYS: newSecretKey('a') };
    production = await TestService.start({ ...variables, DEFAULT_TENANT_ID: 'our-college' });
    operator = await newKey(production);
  });
  afterAll(async () => {
    await production.close();
    await database.drop();
  });
  const call = (method: string, path: string, of?: string, body?: object) =>
    production.send(method, path, { headers: bearing(operator, of), ...(body && { body: JSON.stringify(body) }) });

  it('a tenant that is not registered is 404, and does not come to be', async () => {
    const record = { id: 'p1', Name: 'HND' };
    for (const [method, path, body] of [
      ['POST', '/v1/sync/programs', record],
      ['GET', '/v1/programs'],
      ['GET', '/v1/runs'],
      ['PUT', `/v1/admin/tenants/${tenant}/profile`, {}],
      ['PATCH', `/v1/admin/tenants/${tenant}`, { name: 'x' }],
      ['POST', `/v1/admin/tenants/${tenant}/webhook-secrets`],
    ] as const) {
      const answer = await call(method, path, tenant, body);
      expect([path, answer.status, answer.body]).toMatchObject([path, 404, { code: 'TENANT_NOT_FOUND' }]);
    }
    expect(await ask('SELECT id FROM tenant', [], database.superuserUrl)).toEqual([{ id: 'our-college' }]);
    await call('POST', '/v1/admin/tenants', undefined, { id: tenant });
    expect((await call('POST', '/v1/sync/programs', tenant, record)).status).toBe(200);
  });

  it('has no key made for it', async () => {
    const key = { name: 'x', scopes: ['sync'], tenant_id: newTenant() };
    expect((await call('POST', '/v1/admin/keys', undefined, key)).status).toBe(404);
  });

  it('the default one is registered by being named', async () => {
    const answer = await call('POST', '/v1/sync/programs', undefined, { id: 'p1', Name: 'HND' });
    expect(answer).toMatchObject({ status: 200, body: { tenant_id: 'our-college' } });
  });
});

it('what administrators send is JSON, whatever curl calls it; and what is not comes back to nobody', async () => {
  const post = (body: string) =>
    service.send('POST', '/v1/admin/tenants', {
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
  expect((await post(JSON.stringify({ id: tenant, moodle: { token: TOKEN } }))).status).toBe(201);
  for (const body of [
    { id: tenant, [TOKEN + TOKEN]: 1 },
    { id: tenant, moodle: { [`${TOKEN} x`]: 1 } },
  ]) {
    const answer = await post(JSON.stringify(body));
    expect(answer).toMatchObject({ status: 422, body: { code: 'PARAMETER_INVALID' } });
    expect(JSON.stringify(answer.body)).not.toContain(TOKEN);
  }
});

it('elsewhere a tenant comes to be with its first record, and no tenant by being read', async () => {
  const [written, read] = [newTenant(), newTenant()];
  await service.sync('programs', { id: 'p1', Name: 'HND' }, { tenant: written });
  await service.get('/v1/programs', read);
  expect((await send('GET', `/${written}`)).status).toBe(200);
  expect((await send('GET', `/${read}`)).status).toBe(404);
});
