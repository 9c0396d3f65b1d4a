import { once } from 'node:events';
import { connect } from 'node:net';
import { newTenant, TestService } from './support/app';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

const BODY = '{"id":"p1","Name":"HND"}';

describe('the tenant', () => {
  it.each(['', 'a b', '../x', '-x', '_x', 'x'.repeat(65), 'a,b', "x';--", 'é'])(
    'is refused as "%s", never taken for the default one',
    async (tenant) => {
      const headers = { 'X-Tenant-ID': Buffer.from(tenant).toString('latin1') };
      for (const answer of [
        await service.send('POST', '/v1/sync/programs', { body: BODY, headers }),
        await service.send('GET', '/v1/programs', { headers }),
      ]) {
        expect(answer).toMatchObject({ status: 422, body: { code: 'TENANT_ID_MALFORMED' } });
      }
    },
  );

  it('is the default one without the header', async () => {
    const other = await TestService.start({ DEFAULT_TENANT_ID: 'our-college' });
    const answer = await other.send('POST', '/v1/sync/programs', { body: BODY });
    await other.close();
    expect(answer.body).toMatchObject({ tenant_id: 'our-college' });
    expect((await service.get('/v1/programs/p1', 'our-college')).status).toBe(200);
  });
});

describe('the request id', () => {
  it('is taken from the request when it is sane', async () => {
    const answer = await service.send('GET', '/v1/health', { headers: { 'X-Request-Id': 'zoho-42.a:b_c' } });
    expect(answer.headers.get('x-request-id')).toBe('zoho-42.a:b_c');
  });

  it.each(['a b', 'x'.repeat(200), '<script>', '%0d%0a'])(
    'is ours instead of "%s", and the problem names it',
    async (id) => {
      const answer = await service.send<{ request_id: string }>('GET', '/nowhere', { headers: { 'X-Request-Id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
    },
  );
});

describe('what is not there', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/sync/students'],
    ['POST', '/v1/sync/teapots'],
    ['DELETE', '/v1/students'],
    ['PATCH', '/v1/health'],
    ['GET', '/v1/students/a/b'],
  ])('%s %s is 404', async (method, path) => {
    const answer = await service.send(method, path);
    expect(answer).toMatchObject({
      status: 404,
      body: { type: 'about:blank', title: 'Not found', status: 404, code: 'NOT_FOUND', instance: path },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('an address that is not spelled in UTF-8 is 400, and what is no HTTP at all too', async () => {
    const answer = await service.send<{ request_id: string }>('GET', '/v1/students/%ff');
    expect(answer).toMatchObject({ status: 400, body: { code: 'BODY_NOT_READABLE' } });
    expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write('this is no HTTP\r\n\r\n');
    const [raw] = (await once(socket, 'data')) as [Buffer];
    expect(raw.toString()).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"BAD_REQUEST"/);
  });
});

describe('the idempotency key', () => {
  it.each(['', 'x'.repeat(256), 'é'])('is refused as "%s"', async (key) => {
    const headers = { 'X-Tenant-ID': newTenant(), 'Idempotency-Key': Buffer.from(key).toString('latin1') };
    const answer = await service.send('POST', '/v1/sync/programs', { body: BODY, headers });
    expect(answer).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_MALFORMED' } });
  });
});

describe('health', () => {
  it('says that the process is alive', async () => {
    expect(await service.send('GET', '/v1/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('says that the service can work', async () => {
    const answer = await service.send('GET', '/v1/health/ready');
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok', parts: { database: 'ok' } } });
  });
});
