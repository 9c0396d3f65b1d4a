import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { Needs } from '../src/access/access.decorator';
import { PROBLEMS } from '../src/request/problem';
import { bearing, newKey, type OF_ACCESS } from './support/access';
import { ApiDescription, type ApiDocument } from './support/api-description';
import { type Answer, newTenant, TestService } from './support/app';
import { createOwnDatabase, type OwnDatabase, untilBlocked, whileLocked } from './support/databases';
import { newSecretKey } from './support/secret-keys';

let database: OwnDatabase;
let service: TestService;
let api: ApiDescription;
let operator: string;
let tenant: string;
beforeAll(async () => {
  database = await createOwnDatabase('production');
  service = await TestService.start({
    DATABASE_URL: database.url,
    ENV: 'production',
    SECRET_KEYS: newSecretKey('a'),
    BODY_TIMEOUT_SECONDS: '1',
  });
  api = new ApiDescription((await service.get<ApiDocument>('/openapi.json')).body);
  operator = await newKey(service);
});
beforeEach(async () => {
  tenant = newTenant();
  await asOperator('POST', '/v1/admin/tenants', { id: tenant });
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

type Body = { code: string };
const asOperator = (method: string, path: string, body?: object, headers = {}): Promise<Answer<Body>> =>
  service.send(method, path, {
    headers: { ...bearing(operator), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });

describe('the document', () => {
  it('says of every route how it is secured; open are those of health alone', () => {
    const open = api.operations.filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ operation }) => operation.operationId).toSorted()).toEqual(['readHealth', 'readReadiness']);
    expect(api.operations.filter(({ operation }) => operation.security === undefined)).toEqual([]);
  });

  it('describes every way in that a route names', () => {
    const named = new Set(api.operations.flatMap(({ operation }) => (operation.security ?? []).flatMap(Object.keys)));
    expect([...named].toSorted()).toEqual(Object.keys(api.document.components.securitySchemes).toSorted());
  });

  it('says the same as the routes themselves: without credentials none but the open ones answers', async () => {
    for (const { path, method, operation } of api.operations) {
      const answer = await service.send<Body>(method, path.replaceAll(/\{\w+\}/g, 'x'), {
        ...(method !== 'GET' && { body: '{}' }),
      });
      const isOpen = operation.security?.length === 0;
      expect([method, path, answer.status === 401]).toEqual([method, path, !isOpen]);
      expect(api.faults(operation.operationId, answer)).toEqual([]);
    }
  });
});

it('every handler of every controller says who may call it', () => {
  const reflector = service.app.get(Reflector);
  const controllers = [...service.app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  const handlers = controllers.flatMap(({ metatype }) => {
    const prototype = (metatype as { prototype: Record<string, () => unknown> }).prototype;
    return Object.getOwnPropertyNames(prototype)
      .filter((name) => name !== 'constructor')
      .map((name) => prototype[name])
      .filter((method) => method !== undefined && Reflect.hasMetadata('path', method)) as (() => unknown)[];
  });
  expect(handlers.length).toBeGreaterThan(60);
  expect(handlers.filter((handler) => reflector.get(Needs, handler) === undefined)).toEqual([]);
});

describe('the document and the service agree on', () => {
  const pause = () => asOperator('PATCH', `/v1/admin/tenants/${tenant}`, { state: 'paused' });
  const BODY = { id: 'p1', Name: 'HND' };
  const asTenant = async (path: string, headers = {}) =>
    service.send<Body>('POST', path, {
      headers: { ...bearing(await newKey(service, { tenant })), ...headers },
      body: JSON.stringify(BODY),
    });

  const provocations: Record<(typeof OF_ACCESS)[number], () => Promise<readonly [string, Answer<Body>]>> = {
    UNAUTHENTICATED: async () => ['syncPrograms', await service.send('POST', '/v1/sync/programs', { body: '{}' })],
    OTHER_TENANT: async () => ['syncPrograms', await asTenant('/v1/sync/programs', { 'X-Tenant-ID': newTenant() })],
    SCOPE_MISSING: async () => {
      const headers = bearing(await newKey(service, { tenant, scopes: ['read'] }));
      return ['syncPrograms', await service.send('POST', '/v1/sync/programs', { body: '{}', headers })];
    },
    TENANT_PAUSED: async () => {
      await pause();
      return ['syncPrograms', await asTenant('/v1/sync/programs')];
    },
    TENANT_NOT_FOUND: async () => [
      'syncPrograms',
      await asOperator('POST', '/v1/sync/programs', BODY, { 'X-Tenant-ID': newTenant() }),
    ],
    TENANT_EXISTS: async () => ['registerTenant', await asOperator('POST', '/v1/admin/tenants', { id: tenant })],
    TOO_MANY_KEYS: async () => {
      const key = { name: tenant, scopes: ['read'] };
      for (let n = 0; n < 2; n += 1) await asOperator('POST', '/v1/admin/keys', key);
      return ['createKey', await asOperator('POST', '/v1/admin/keys', key)];
    },
    RATE_EXCEEDED: async () => {
      const headers = bearing(await newKey(service, { tenant, perMinute: 1 }));
      await service.send('GET', '/v1/programs', { headers });
      return ['listPrograms', await service.send('GET', '/v1/programs', { headers })];
    },
    TOO_MANY_AT_ONCE: async () => ['syncPrograms', await crowd()],
    BODY_TOO_SLOW: async () => ['syncPrograms', await trickle()],
  };

  /** One is worked on, and holds up 500 others; there is no place for one more. */
  async function crowd(): Promise<Answer<Body>> {
    await asOperator('PATCH', `/v1/admin/tenants/${tenant}`, { limits: { concurrent_requests: 1 } });
    await asTenant('/v1/sync/programs');
    const headers = bearing(await newKey(service, { tenant }));
    const send = () => service.send<Body>('POST', '/v1/sync/programs', { body: '{"id":"p1","Name":"Other"}', headers });
    const lock = 'SELECT FROM program WHERE tenant_id = $1 FOR UPDATE';
    const answers = await whileLocked(
      lock,
      [tenant],
      async () => {
        const first = send();
        await untilBlocked(1, database.superuserUrl);
        const others = Array.from({ length: 501 }, send);
        return { refused: await Promise.race(others), all: [first, ...others] };
      },
      database.superuserUrl,
    );
    const all = await Promise.all(answers.all);
    expect(all.filter(({ status }) => status === 200)).toHaveLength(501);
    return answers.refused;
  }

  async function trickle(): Promise<Answer<Body>> {
    const call = request(`${service.url}/v1/sync/programs`, {
      method: 'POST',
      headers: { ...bearing(operator, tenant), 'Content-Length': '100' },
    });
    call.on('error', () => undefined).write('{"id":');
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    const headers = new Headers(response.headers as Record<string, string>);
    return { status: response.statusCode ?? 0, headers, body: (await json(response)) as Body };
  }

  it.each(Object.keys(provocations) as (typeof OF_ACCESS)[number][])('%s', async (code) => {
    const [operationId, answer] = await provocations[code]();
    expect(answer).toMatchObject({ status: PROBLEMS[code].status, body: { code } });
    expect(api.faults(operationId, answer)).toEqual([]);
  });
});

describe('what administrators ask is answered as the document says:', () => {
  const faults = (operationId: string, answer: Answer<unknown>): void =>
    expect([operationId, answer.status, ...api.faults(operationId, answer)]).toEqual([operationId, answer.status]);

  it('tenants', async () => {
    const own = `/v1/admin/tenants/${tenant}`;
    faults('registerTenant', await asOperator('POST', '/v1/admin/tenants', { id: newTenant(), name: 'A College' }));
    faults('registerTenant', await asOperator('POST', '/v1/admin/tenants', { id: 'a b' }));
    faults('readTenant', await asOperator('GET', own));
    faults('readTenant', await asOperator('GET', `/v1/admin/tenants/${newTenant()}`));
    faults('changeTenant', await asOperator('PATCH', own, { authentication: 'key-and-signature' }));
    faults('changeTenant', await asOperator('PATCH', own, { profile: { surprise: 1 } }));
    faults('createWebhookSecret', await asOperator('POST', `${own}/webhook-secrets`));
    faults('readTenant', await asOperator('GET', own));
    faults('revokeWebhookSecret', await asOperator('DELETE', `${own}/webhook-secrets/1`));
    faults('revokeWebhookSecret', await asOperator('DELETE', `${own}/webhook-secrets/1`));
    faults('listTenants', await asOperator('GET', '/v1/admin/tenants?limit=1'));
    faults('listTenants', await asOperator('GET', '/v1/admin/tenants?cursor=x'));
  });

  it('keys and the audit log', async () => {
    const made = await service.send<{ id: string }>('POST', '/v1/admin/keys', {
      headers: bearing(operator),
      body: JSON.stringify({ name: tenant, tenant_id: tenant, scopes: ['read'], expires_in_days: 1 }),
    });
    faults('createKey', made);
    faults('rotateKey', await asOperator('POST', `/v1/admin/keys/${made.body.id}/rotate`, {}));
    faults('rotateKey', await asOperator('POST', '/v1/admin/keys/nothing/rotate', {}));
    faults('revokeKey', await asOperator('DELETE', `/v1/admin/keys/${made.body.id}`));
    faults('listKeys', await asOperator('GET', '/v1/admin/keys'));
    const audit = (query: string) =>
      service.send<{ data: unknown[] }>('GET', `/v1/admin/audit${query}`, { headers: bearing(operator, tenant) });
    const page = await audit('?limit=2');
    expect(page.body.data).toHaveLength(2);
    faults('listAudit', page);
    faults('listAudit', await audit('?service=true'));
    faults('listAudit', await audit('?act=key.created'));
    faults('listAudit', await audit('?act=nothing'));
  });
});
