import { TestService } from './support/app';
import { collectingFetch } from './support/canary/collecting-fetch';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

const text = async (path: string): Promise<string> => (await fetch(service.url + path)).text();

describe.each(['/docs', '/redoc'])('%s', (page) => {
  it('names nothing that another host would have to answer', async () => {
    const html = await text(page);
    expect(html).toMatch(/<title>Zoho CRM to Moodle sync<\/title>/);
    expect(html.replaceAll('http://www.w3.org/', '')).not.toMatch(/(https?:)?\/\/[a-z]/i);
  });

  it('has every script, style and image that it names from the service', async () => {
    const names = [...(await text(page)).matchAll(/<(?:script|link|img)[^>]*?(?:src|href)=["']([^"']+)["']/g)];
    const assets = names.map(([, name = '']) => name).filter((name) => !name.startsWith('data:'));
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      const answer = await fetch(new URL(asset, service.url + page));
      expect([asset, answer.status, (await answer.arrayBuffer()).byteLength > 0]).toEqual([asset, 200, true]);
      expect(answer.headers.get('content-type')).toMatch(/javascript|css|image/);
    }
  });

  it('tells the browser to ask nobody else for anything', async () => {
    const policy = (await collectingFetch(service.url + page)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
  });
});

it('ReDoc’s script shows no image of its makers’ server', async () => {
  const script = await text('/redoc/redoc.standalone.js');
  expect(script.length).toBeGreaterThan(500_000);
  expect(script.match(/https?:\/\/(cdn|fonts|otel)\.[\w./-]*/g)).toBeNull();
});

it('Swagger UI shows the document without a validator on the internet', async () => {
  const script = await text('/docs/swagger-ui-init.js');
  expect(script).toContain('"operationId": "syncStudents"');
  expect(script).toContain('"validatorUrl": null');
});

it('no other copy of the document is served', async () => {
  expect((await collectingFetch(`${service.url}/docs-yaml`)).status).toBe(404);
  expect((await collectingFetch(`${service.url}/docs-json`)).status).toBe(404);
});
