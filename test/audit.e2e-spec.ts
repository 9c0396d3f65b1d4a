import type { AuditView } from '../src/admin/audit.service';
import type { MadeKeyView } from '../src/admin/keys.service';
import { AuditLog, recordSubject } from '../src/audit/audit-log';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { bearing, idOf, newKey } from './support/access';
import { type Answer, newTenant, TestService } from './support/app';
import { ask } from './support/databases';

let service: TestService;
let tenant: string;
let key: string;
beforeAll(async () => {
  service = await TestService.start({ AUTHENTICATION: 'key-or-signature' });
});
beforeEach(async () => {
  tenant = newTenant();
  key = await newKey(service);
});
afterAll(() => service.close());

const send = <T>(method: string, path: string, body?: object): Promise<Answer<T>> =>
  service.send<T>(method, path, {
    headers: { ...bearing(key, tenant), 'X-Request-Id': `${method}-1` },
    ...(body && { body: JSON.stringify(body) }),
  });
const entries = async (query = ''): Promise<AuditView[]> =>
  (await send<{ data: AuditView[] }>('GET', `/v1/admin/audit${query}`)).body.data;

it('tells who did what, when, in which request, with before and after', async () => {
  await send('POST', '/v1/admin/tenants', { id: tenant });
  await send('PATCH', `/v1/admin/tenants/${tenant}`, { name: 'North', limits: { requests_per_minute: 60 } });
  const [changed, registered] = await entries();
  expect(registered).toMatchObject({
    act: 'tenant.registered',
    subject: `tenant ${tenant}`,
    before: null,
    after: { name: null, state: 'active', settings: {} },
  });
  expect(changed).toMatchObject({
    tenant_id: tenant,
    actor: expect.stringContaining(`key ${idOf(key)} (`) as string,
    act: 'tenant.changed',
    request_id: 'PATCH-1',
    before: { name: null, state: 'active', settings: {} },
    after: { name: 'North', state: 'active', settings: { requests_per_minute: 60 } },
  });
  expect(changed?.at).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
});

/** An act of each kind that a tenant's administrator has, as the newest entry tells it. */
const ACTS: readonly [string, () => Promise<Answer<unknown>>, object][] = [
  [
    'webhook_secret.created',
    () => send('POST', `/v1/admin/tenants/${tenant}/webhook-secrets`),
    { subject: 'webhook secret 1' },
  ],
  [
    'webhook_secret.revoked',
    async () => {
      await send('POST', `/v1/admin/tenants/${tenant}/webhook-secrets`);
      return send('DELETE', `/v1/admin/tenants/${tenant}/webhook-secrets/1`);
    },
    { subject: 'webhook secret 1' },
  ],
  [
    'profile.changed',
    async () => {
      await send('PUT', `/v1/admin/tenants/${tenant}/profile`, {});
      return send('PUT', `/v1/admin/tenants/${tenant}/profile`, { decimalComma: true });
    },
    { before: { version: 1 }, after: { version: 2 } },
  ],
  [
    'moodle.paused',
    () => send('POST', '/v1/admin/moodle/pause', { note: 'upgrade' }),
    { before: null, after: { by: 'person', note: 'upgrade' } },
  ],
  [
    'moodle.resumed',
    async () => {
      await send('POST', '/v1/admin/moodle/pause', { note: 'upgrade' });
      return send('POST', '/v1/admin/moodle/resume');
    },
    { before: { by: 'person', note: 'upgrade' }, after: null },
  ],
  [
    'record.erased',
    async () => {
      await service.send('POST', '/v1/sync/programs', {
        headers: bearing(key, tenant),
        body: '{"id":"p1","Name":"HND"}',
      });
      return send('DELETE', '/v1/programs/p1?erase=true');
    },
    { subject: recordSubject('programs', 'p1'), after: { program: 1 } },
  ],
  [
    'deferred.discarded',
    async () => {
      const body = '{"id":"e1","Student":"s1","Class":"c1"}';
      await service.send('POST', '/v1/sync/enrollments', { headers: bearing(key, tenant), body });
      return send('DELETE', '/v1/deferred/enrollments/e1');
    },
    { subject: recordSubject('enrollments', 'e1') },
  ],
  ['push.retried', () => send('POST', '/v1/admin/pushes/retry?state=failed'), { after: { state: 'failed', count: 0 } }],
];

it.each(ACTS)('%s', async (act, perform, told) => {
  await send('POST', '/v1/admin/tenants', { id: tenant });
  expect((await perform()).status).toBeLessThan(300);
  const [newest] = await entries(`?act=${act}`);
  expect(newest).toMatchObject({ act, actor: expect.stringContaining(idOf(key)) as string, ...told });
});

it('keys of the service are in the service’s own log, those of a tenant in the tenant’s', async () => {
  const draft = { name: tenant, scopes: ['read'] };
  const own = await send<MadeKeyView>('POST', '/v1/admin/keys', { ...draft, tenant_id: tenant });
  const all = await send<MadeKeyView>('POST', '/v1/admin/keys', { ...draft, tenant_id: null });
  await send('POST', `/v1/admin/keys/${all.body.id}/rotate`, { grace_hours: 0 });
  await send('DELETE', `/v1/admin/keys/${own.body.id}`);
  expect((await entries()).map(({ act }) => act)).toEqual(['key.revoked', 'key.created']);
  const [rotated, created] = await entries('?service=true&limit=2');
  expect([rotated?.act, created?.act]).toEqual(['key.rotated', 'key.created']);
  expect(rotated).toMatchObject({ tenant_id: null, before: { id: all.body.id }, after: { state: 'live' } });
});

it('has nothing of what was refused, tried, or looked at', async () => {
  await send('POST', '/v1/admin/tenants', { id: tenant });
  await send('PATCH', `/v1/admin/tenants/${tenant}`, { profile: { surprise: 1 } });
  await send('DELETE', '/v1/programs/p1?erase=true');
  await service.send('POST', '/v1/sync/programs', { headers: bearing(key, tenant), body: '{"id":"p1","Name":"HND"}' });
  await send('DELETE', '/v1/programs/p1?erase=true&dryRun=true');
  await send('GET', `/v1/admin/tenants/${tenant}`);
  await send('PATCH', `/v1/admin/tenants/${tenant}`, {});
  await send('POST', '/v1/admin/moodle/resume');
  expect((await entries()).map(({ act }) => act)).toEqual(['tenant.registered']);
});

it('is not without the change, nor the change without it', async () => {
  await send('POST', '/v1/admin/tenants', { id: tenant });
  await ask(`ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (subject <> 'tenant ${tenant}') NOT VALID`);
  const answer = await send('PATCH', `/v1/admin/tenants/${tenant}`, { name: 'North' });
  await ask('ALTER TABLE audit_entry DROP CONSTRAINT full_disk');
  expect(answer.status).toBe(500);
  expect((await send('GET', `/v1/admin/tenants/${tenant}`)).body).toMatchObject({ name: null });
});

it('comes a page at a time, the newest first', async () => {
  await send('POST', '/v1/admin/tenants', { id: tenant });
  for (let n = 0; n < 4; n += 1) await send('PATCH', `/v1/admin/tenants/${tenant}`, { name: `name ${n}` });
  const names: unknown[] = [];
  for (let cursor = ''; ;) {
    const path = `/v1/admin/audit?limit=2${cursor}`;
    const { body } = await send<{ data: AuditView[]; next_cursor: string | null }>('GET', path);
    names.push(...body.data.map(({ after }) => (after as { name: string | null }).name));
    if (body.next_cursor === null) break;
    cursor = `&cursor=${body.next_cursor}`;
  }
  expect(names).toEqual(['name 3', 'name 2', 'name 1', 'name 0', null]);
});

it('lets the server be asked, when the acknowledgement of its transaction is lost, whether that was committed', async () => {
  const { app } = service;
  const by = { actor: 'a test', requestId: 'r1' };
  const id = await app.get(TenantTransaction).run(tenant, async (db) => {
    await app.get(AuditLog).write(db, tenant, by, { act: 'push.retried', subject: 'pushes' });
    return db.transactionId;
  });
  expect(await ask('SELECT pg_xact_status($1::xid8) AS status', [id])).toEqual([{ status: 'committed' }]);
});
