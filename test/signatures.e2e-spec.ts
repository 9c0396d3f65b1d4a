import { createHmac, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { MadeSecret } from '../src/access/signatures/webhook-secrets';
import { bearing, newKey } from './support/access';
import { type Answer, newTenant, TestService } from './support/app';
import { ask, untilBlocked, whileLocked } from './support/databases';

let service: TestService;
let operator: string;
beforeAll(async () => {
  service = await TestService.start({ AUTHENTICATION: 'key-or-signature' });
  operator = await newKey(service);
});
afterAll(() => service.close());

let tenant: string;
let secret: string;
beforeEach(async () => {
  tenant = newTenant();
  await asOperator('POST', '/v1/admin/tenants', { id: tenant });
  secret = (await newSecret()).body.secret;
});

const asOperator = <T>(method: string, path: string, body?: object): Promise<Answer<T>> =>
  service.send<T>(method, path, { headers: bearing(operator), ...(body && { body: JSON.stringify(body) }) });
const newSecret = () => asOperator<MadeSecret>('POST', `/v1/admin/tenants/${tenant}/webhook-secrets`);

const BODY = '{"id":"p1","Name":"Yazılım"}';

type Report = { tenant_id: string; idempotency_key: string; summary: { NEW: number }; code?: string };
const take = (headers: Record<string, string>, body: string = BODY, path = '/v1/sync/programs') =>
  service.send<Report>('POST', path, { body, headers: { 'X-Tenant-ID': tenant, ...headers } });

interface Signing {
  readonly body?: string;
  readonly encoding?: 'hex' | 'base64';
  readonly by?: string;
}

/** As a Deluge function signs: the key is the secret's text. */
const deluge = (timestamp: string, { body = BODY, encoding = 'hex', by = secret }: Signing = {}) => ({
  'X-Zoho-Timestamp': timestamp,
  'X-Zoho-Signature': `sha256=${createHmac('sha256', by).update(`${timestamp}.${body}`).digest(encoding)}`,
});

const standard = (id: string, at: Date, { body = BODY, by = secret } = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': new Webhook(by).sign(id, at, body),
});

const MINUTE = 60_000;
const fromNow = (milliseconds: number): number => Date.now() + milliseconds;

describe('a Deluge signature', () => {
  it.each([
    ['seconds', () => String(Math.floor(Date.now() / 1_000))],
    ['seconds with decimals', () => (Date.now() / 1_000).toFixed(3)],
    ['milliseconds', () => String(Date.now())],
    ['milliseconds with decimals', () => `${Date.now()}.25`],
  ])('with its time in %s lets in', async (_unit, timestamp) => {
    expect(await take(deluge(timestamp()))).toMatchObject({ status: 200, body: { tenant_id: tenant } });
    expect((await take(deluge(timestamp(), { encoding: 'base64' }))).status).toBe(200);
  });

  it('may leave sha256= out, and write its digits large', async () => {
    const { 'X-Zoho-Signature': signature, ...time } = deluge(String(Date.now()));
    const bare = signature.replace('sha256=', '').toUpperCase();
    expect((await take({ ...time, 'X-Zoho-Signature': bare })).status).toBe(200);
  });
});

describe('a Standard Webhooks signature', () => {
  it('lets in, made by their own library', async () => {
    expect(await take(standard('msg_1', new Date()))).toMatchObject({ status: 200, body: { tenant_id: tenant } });
  });

  it('may be one of several, of which others are of other versions and secrets', async () => {
    const headers = standard('msg_1', new Date());
    const other = new Webhook(`whsec_${randomBytes(32).toString('base64')}`).sign('msg_1', new Date(), BODY);
    const several = `v1a,${'x'.repeat(44)} ${other} ${headers['webhook-signature']}`;
    expect((await take({ ...headers, 'webhook-signature': several })).status).toBe(200);
    expect((await take({ ...headers, 'webhook-signature': other })).status).toBe(401);
  });
});

describe('is refused with 401', () => {
  const refused = async (headers: Record<string, string>, body = BODY): Promise<void> =>
    expect(await take(headers, body)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });

  it('with another secret', async () => {
    await refused(deluge(String(Date.now()), { by: 'whsec_other' }));
    await refused(standard('msg_1', new Date(), { by: `whsec_${randomBytes(32).toString('base64')}` }));
  });

  it('with another body, by so little as a space', async () => {
    await refused(deluge(String(Date.now())), `${BODY} `);
    await refused(standard('msg_1', new Date()), `${BODY} `);
  });

  it('with another time or id than was signed', async () => {
    const now = Date.now();
    await refused({ ...deluge(String(now)), 'X-Zoho-Timestamp': String(now + 1) });
    await refused({ ...standard('msg_1', new Date()), 'webhook-id': 'msg_2' });
  });

  it.each([-6 * MINUTE, 6 * MINUTE])('signed %i ms from now; four minutes are fine', async (distance) => {
    await refused(deluge(String(fromNow(distance))));
    await refused(deluge(String(fromNow(distance) / 1_000)));
    await refused(standard('msg_1', new Date(fromNow(distance))));
    expect((await take(deluge(String(fromNow(Math.sign(distance) * 4 * MINUTE))))).status).toBe(200);
  });

  it.each(['', 'now', '1e20', '-1', 'NaN', '0x10', '1'.repeat(40)])('with "%s" for its time', async (timestamp) => {
    await refused(deluge(timestamp));
  });

  it.each(['', 'sha256=', 'sha256=00', 'v1,', 'v1', 'é'.repeat(9), '0'.repeat(8_000)])('as "%s"', async (signature) => {
    const text = Buffer.from(signature).toString('latin1');
    await refused({ ...deluge(String(Date.now())), 'X-Zoho-Signature': text });
    await refused({ ...standard('msg_1', new Date()), 'webhook-signature': text });
  });

  it('of another tenant', async () => {
    const headers = deluge(String(Date.now()));
    const other = newTenant();
    await asOperator('POST', '/v1/admin/tenants', { id: other });
    const answer = await take({ ...headers, 'X-Tenant-ID': other });
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('anywhere but on the routes of webhooks', async () => {
    const headers = { 'X-Tenant-ID': tenant, ...deluge(String(Date.now()), { body: '' }) };
    for (const [method, path] of [
      ['GET', '/v1/programs'],
      ['DELETE', '/v1/programs/p1'],
      ['GET', '/v1/admin/keys'],
    ] as const) {
      expect([path, (await service.send(method, path, { headers })).status]).toEqual([path, 401]);
    }
  });

  it('though the key beside it is right', async () => {
    const key = await newKey(service, { tenant });
    await refused({ ...bearing(key), ...deluge(String(Date.now()), { by: 'whsec_other' }) });
  });
});

describe('what comes again within five minutes', () => {
  it('is answered as before, and does not undo what came since', async () => {
    const [a, b] = ['{"id":"p1","Name":"A"}', '{"id":"p1","Name":"B"}'];
    const signedA = deluge(String(Date.now()), { body: a });
    const first = await take(signedA, a);
    await take(deluge(String(Date.now()), { body: b }), b);
    const again = await take(signedA, a);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const headers = bearing(operator, tenant);
    expect((await service.send('GET', '/v1/programs/p1', { headers })).body).toMatchObject({ name: 'B' });
  });

  it('of Standard Webhooks is known by its id, though it is sent and signed anew', async () => {
    const first = await take(standard('msg_7', new Date(fromNow(-MINUTE))));
    const again = await take(standard('msg_7', new Date()));
    expect([first.body.summary.NEW, again.headers.get('idempotent-replayed')]).toEqual([1, 'true']);
  });

  it('keeps to the key that its sender has given it', async () => {
    const named = { 'Idempotency-Key': 'mine' };
    const first = await take({ ...deluge(String(fromNow(-MINUTE))), ...named });
    const again = await take({ ...deluge(String(Date.now())), ...named });
    expect([first.body.idempotency_key, again.headers.get('idempotent-replayed')]).toEqual(['mine', 'true']);
  });
});

describe('secrets', () => {
  it('are two at most, of which each counts until it is revoked', async () => {
    const second = await newSecret();
    expect(second).toMatchObject({ status: 201, body: { slot: 2 } });
    expect((await newSecret()).status).toBe(409);
    const signed = (by: string) => take(deluge(String(Date.now()), { by }));
    expect([(await signed(secret)).status, (await signed(second.body.secret)).status]).toEqual([200, 200]);
    expect((await asOperator('DELETE', `/v1/admin/tenants/${tenant}/webhook-secrets/1`)).status).toBe(204);
    expect([(await signed(secret)).status, (await signed(second.body.secret)).status]).toEqual([401, 200]);
    expect((await asOperator('DELETE', `/v1/admin/tenants/${tenant}/webhook-secrets/1`)).status).toBe(404);
    expect((await newSecret()).body.slot).toBe(1);
  });

  it('are never more than two, however many ask at once', async () => {
    // Held back before the end, so that all of them have begun when the first is done.
    const { answers } = await whileLocked('LOCK TABLE audit_entry', [], async () => {
      const all = Promise.all(Array.from({ length: 4 }, newSecret));
      await untilBlocked(4);
      return { answers: all };
    });
    expect((await answers).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409]);
  });

  it('are shown once, and stored sealed', async () => {
    const view = await asOperator('GET', `/v1/admin/tenants/${tenant}`);
    expect(view.body).toMatchObject({ webhook_secrets: [{ slot: 1 }] });
    const audit = await service.send('GET', '/v1/admin/audit', { headers: bearing(operator, tenant) });
    const lines = await ask('SELECT * FROM tenant_secret WHERE tenant_id = $1', [tenant]);
    for (const text of [view.body, audit.body, lines].map((value) => JSON.stringify(value))) {
      expect(text).not.toContain(secret.slice(6, 20));
    }
    expect(lines).toHaveLength(1);
  });

  it('that cannot be opened let nobody in', async () => {
    await ask(`UPDATE tenant_secret SET sealed = 'v1.lost.' || repeat('A', 60) WHERE tenant_id = $1`, [tenant]);
    expect((await take(deluge(String(Date.now())))).status).toBe(401);
  });

  it.each(['0', '3', 'x', '1.0'])('have no slot %s', async (slot) => {
    expect((await asOperator('DELETE', `/v1/admin/tenants/${tenant}/webhook-secrets/${slot}`)).status).toBe(404);
  });
});

describe('a tenant that wants key and signature', () => {
  it('takes no webhook with one of them', async () => {
    await asOperator('PATCH', `/v1/admin/tenants/${tenant}`, { authentication: 'key-and-signature' });
    const key = await newKey(service, { tenant, scopes: ['sync', 'read'] });
    const signed = () => deluge(String(Date.now()));
    expect((await take(bearing(key))).status).toBe(401);
    expect((await take(signed())).status).toBe(401);
    expect((await take({ ...bearing(key), ...signed() })).status).toBe(200);
    expect((await service.send('GET', '/v1/programs', { headers: bearing(key) })).status).toBe(200);
  });

  it('takes a key of another scope no more than without the signature', async () => {
    await asOperator('PATCH', `/v1/admin/tenants/${tenant}`, { authentication: 'key-and-signature' });
    const reader = await newKey(service, { tenant, scopes: ['read'] });
    expect((await take({ ...bearing(reader), ...deluge(String(Date.now())) })).status).toBe(403);
  });
});
