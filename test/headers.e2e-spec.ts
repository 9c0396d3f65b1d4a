import { newTenant, TestService } from './support/app';

const PATHS = ['/v1/health', '/v1/programs', '/nowhere', '/openapi.json', '/metrics'];

describe('the headers of answers', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start();
  });
  afterAll(() => service.close());

  it.each(PATHS)(
    'of %s let a browser run, frame, sniff and pass on nothing, and tell nothing of the server',
    async (path) => {
      const { headers } = await service.send('GET', path);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );

  it('of the pages that show the document let them load what is theirs', async () => {
    for (const path of ['/docs', '/redoc']) {
      const response = await fetch(service.url + path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    }
  });

  it.each(['GET', 'POST', 'OPTIONS'])('to %s of another origin allow nothing', async (method) => {
    const headers = {
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'POST',
      'X-Tenant-ID': newTenant(),
    };
    const response = await fetch(`${service.url}/v1/sync/programs`, { method, headers });
    const granted = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(granted).toEqual([]);
  });
});

it('a page of an origin that is listed may call the service, others may not', async () => {
  const service = await TestService.start({ CORS_ORIGINS: 'https://admin.example,https://other.example' });
  const allowedFrom = async (origin: string) => {
    const headers = {
      Origin: origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'x-api-key',
    };
    const response = await fetch(`${service.url}/v1/programs`, { method: 'OPTIONS', headers });
    return response.headers.get('access-control-allow-origin');
  };
  expect(await allowedFrom('https://admin.example')).toBe('https://admin.example');
  expect(await allowedFrom('https://other.example')).toBe('https://other.example');
  for (const origin of ['https://evil.example', 'https://admin.example.evil.example', 'null']) {
    expect(await allowedFrom(origin)).toBeNull();
  }
  await service.close();
});

it('the document and its pages can be switched off', async () => {
  const service = await TestService.start({ DOCS_ENABLED: 'false' });
  for (const path of ['/docs', '/redoc', '/openapi.json', '/docs/swagger-ui-bundle.js']) {
    expect([path, (await service.send('GET', path)).status]).toEqual([path, 404]);
  }
  await service.close();
});
