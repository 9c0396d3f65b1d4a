import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { newTenant } from '../support/app';
import type { RawRequest } from '../support/raw-request';
import { BODIES } from './bodies';
import { isWhole } from './extent';
import { ADDRESSES, NO_REQUESTS, QUERIES, QUERY_VALUES, SEGMENTS } from './addresses';
import { HEADERS } from './headers';
import { addressOf, bodyOf, type Route, routeOf, ROUTES } from './routes';
import { codeIn, expectReady, expectUnharmed, statusesIn, TriedService } from './tried-service';

let service: TriedService;
beforeAll(async () => {
  service = await TriedService.start();
});
afterAll(() => service.end());

const GOOD = '{"id":"p1","Product_Name":"HND"}';

it.each(HEADERS)('headers: %s', async (_name, headers, expected) => {
  const route = routeOf('POST', '/v1/sync/programs');
  const own = headers.some(([name]) => name === 'X-Tenant-ID') ? [] : [['X-Tenant-ID', newTenant()] as const];
  const answer = await service.try(route, {
    method: 'POST',
    path: route.path,
    headers: [...own, ...headers],
    body: GOOD,
  });
  expect(answer.faults).toEqual([]);
  if (expected === 'NEW') expect(statusesIn(answer)).toEqual(['NEW']);
  else expect(codeIn(answer)).toBe(expected);
});

it.each(ADDRESSES.map((path) => ({ path, title: JSON.stringify(path.slice(0, 60)) })))(
  'the address $title leads nowhere, whatever is asked of it',
  async ({ path }) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const { status, faults } = await service.try(null, { method, path, body: GOOD });
      expect([method, faults, status >= 400 && status < 500]).toEqual([method, [], true]);
    }
  },
);

it.each(NO_REQUESTS)('what is no request, %s, harms nobody', async (_name, bytes) => {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  socket.end(Buffer.from(bytes, 'latin1'));
  const answer = (await buffer(socket).catch(() => Buffer.of())).toString();
  expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
  await expectReady(service);
});

/** Of every route so many of all cases: each of them somewhere, and all of them everywhere when there is time. */
const share = <T>(cases: readonly T[], route: number): T[] =>
  cases.filter((_one, n) => isWhole || n % 16 === route % 16);

async function faultsOf(route: Route, requests: readonly Omit<RawRequest, 'method'>[]): Promise<string[]> {
  const found: string[] = [];
  for (const request of requests) {
    const { faults } = await service.try(route, { method: route.method, ...request });
    found.push(...faults.map((fault) => `${JSON.stringify(request).slice(0, 300)}: ${fault}`));
  }
  return found;
}

describe('every route of the document bears', () => {
  const each = ROUTES.map((route, n) => ({ route, n, title: `${route.method} ${route.path}` }));
  const tenant = (): readonly [string, string] => ['X-Tenant-ID', newTenant()];

  it.each(each.filter(({ route }) => route.operation.requestBody))('bad bodies: $title', async ({ route, n }) => {
    const bodies = share(
      BODIES.filter(({ isLarge }) => isLarge !== true || isWhole),
      n,
    );
    const requests = bodies.map(({ body, headers = {} }) => ({
      path: addressOf(route),
      body,
      headers: [tenant(), ...Object.entries(headers)],
    }));
    expect(await faultsOf(route, requests)).toEqual([]);
  });

  it.each(each)('bad headers: $title', async ({ route, n }) => {
    const requests = share(HEADERS, n).map(([, headers]) => ({ path: addressOf(route), headers, ...bodyOf(route) }));
    expect(await faultsOf(route, requests)).toEqual([]);
  });

  it.each(each.filter(({ route }) => route.path.includes('{')))('bad addresses: $title', async ({ route, n }) => {
    const names = route.path.match(/\{\w+\}/g) ?? [];
    const paths = share(SEGMENTS, n).flatMap((segment) => names.map((name) => addressOf(route, { [name]: segment })));
    const requests = paths.map((path) => ({ path, headers: [tenant()], ...bodyOf(route) }));
    expect(await faultsOf(route, requests)).toEqual([]);
  });

  it.each(each)('bad queries: $title', async ({ route, n }) => {
    const known = route.operation.parameters.filter((parameter) => parameter.in === 'query');
    const values = share(QUERY_VALUES, n);
    const queries = known.flatMap(({ name }) => [
      ...values.map((value) => `${name}=${value}`),
      `${name}[]=1`,
      `${name}[a]=1`,
      `${name}=1&${name}=2`,
    ]);
    const paths = [...queries, ...share(QUERIES, n)].map((query) => `${addressOf(route)}?${query}`);
    const requests = paths.map((path) => ({ path, headers: [tenant()], ...bodyOf(route) }));
    expect(await faultsOf(route, requests)).toEqual([]);
  });
});

it('afterwards the service is as it was', () => expectUnharmed(service));
