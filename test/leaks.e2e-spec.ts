import { DataSource } from 'typeorm';
import { newTenant, TestService } from './support/app';
import { ask, createOwnDatabase, type OwnDatabase } from './support/databases';
import { randomFrom } from './support/random';

const REQUESTS = 10_000;
const AT_ONCE = 40;
const TENANTS = 25;
const SEED = 20_261_123;

let database: OwnDatabase;
let service: TestService;
beforeAll(async () => {
  database = await createOwnDatabase('leaks');
  service = await TestService.start({
    DATABASE_URL: database.url,
    // Fewer connections than requests, so that each is used by all tenants in turn.
    DATABASE_POOL_SIZE: '8',
    REQUESTS_PER_MINUTE: '0',
  });
});
afterAll(async () => {
  await service.close();
  await database.drop();
});

/** Every tenant's id, wherever it stands. */
const MARKER = /t-[0-9a-f]{12}/g;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** the caller does not wait for the answer */
  readonly isCutOff?: boolean;
}

/** What one tenant may find of the others, if anything leaks: cursors and runs that were answered to them. */
const cursors: string[] = [];
const runs: string[] = [];

const random = randomFrom(SEED);
const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
const id = (letter: string): string => `${letter}${Math.floor(random() * 10)}`;
const json = (value: unknown): string => JSON.stringify(value);

/** Everybody uses the same ids, e-mails and keys; only the values tell whose they are. */
const KINDS: readonly ((tenant: string) => Sent)[] = [
  (tenant) => post('programs', [{ id: id('p'), Name: `${tenant} ${random()}` }]),
  (tenant) => post('students', [student(tenant), student(tenant)]),
  (tenant) => post('students', [student(tenant)], { 'Idempotency-Key': id('k') }),
  (tenant) => post('students', [{ ...student(tenant), Academic_Email: 'not an address' }, student(tenant)]),
  (tenant) => post('enrollments', [{ id: id('e'), Student: id('s'), Class: id('c'), Enrollment_Type: tenant }]),
  (tenant) => post('classes', [{ id: id('c'), Class_Name: tenant, BTEC_Program: id('p') }]),
  (tenant) => ({ ...post('students', [student(tenant)]), isCutOff: true }),
  (tenant) => ({ method: 'POST', path: '/v1/sync/students', body: `{"id":"s1","Name":"${tenant}` }),
  (tenant) => ({ ...post('students', [student(tenant)]), path: '/v1/sync/students?dryRun=true' }),
  () => ({ method: 'GET', path: `/v1/students?limit=3` }),
  () => ({ method: 'GET', path: `/v1/students?limit=3&cursor=${pick(cursors) ?? ''}` }),
  () => ({ method: 'GET', path: `/v1/students/${id('s')}?expand=program` }),
  () => ({ method: 'GET', path: `/v1/students/${id('s')}/history` }),
  () => ({ method: 'GET', path: `/v1/runs/${pick(runs) ?? 'none'}` }),
  () => ({ method: 'GET', path: '/v1/runs?limit=5' }),
  () => ({ method: 'GET', path: '/v1/deferred' }),
  () => ({ method: 'GET', path: '/v1/admin/pushes?limit=5' }),
  () => ({ method: 'GET', path: '/v1/admin/audit?limit=5' }),
  (tenant) => ({ method: 'POST', path: '/v1/admin/moodle/pause', body: json({ note: tenant }) }),
  () => ({ method: 'DELETE', path: `/v1/students/${id('s')}` }),
  () => ({ method: 'DELETE', path: `/v1/students/${id('s')}?erase=true` }),
  (tenant) => ({
    method: 'PUT',
    path: `/v1/admin/tenants/${tenant}/profile`,
    body: json({ entities: { students: { statuses: { suspended: [tenant] } } } }),
  }),
];

const student = (tenant: string): object => ({
  id: id('s'),
  Display_Name: `${tenant} ${random()}`,
  Academic_Email: `${id('m')}@college.example`,
  Program: id('p'),
});

const post = (entity: string, data: object[], headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  path: `/v1/sync/${entity}`,
  body: json({ data }),
  headers,
});

/** @returns the answer's text; null when it was not waited for */
async function send(tenant: string, { method, path, body, headers, isCutOff }: Sent): Promise<string | null> {
  const signal = isCutOff ? AbortSignal.timeout(Math.ceil(random() * 8)) : null;
  try {
    const response = await fetch(service.url + path, {
      method,
      headers: { 'X-Tenant-ID': tenant, 'Content-Type': 'application/json', ...headers },
      signal,
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    expect([path, response.status < 500]).toEqual([path, true]);
    return text;
  } catch (error) {
    if (isCutOff && (error as { name?: string }).name === 'TimeoutError') return null;
    throw error;
  }
}

function remember(text: string): void {
  const { next_cursor: cursor, run_id: run } = JSON.parse(text) as { next_cursor?: string | null; run_id?: string };
  if (cursor) cursors[Math.floor(random() * 50)] = cursor;
  if (run !== undefined) runs[Math.floor(random() * 50)] = run;
}

it(`${REQUESTS} mixed requests of ${TENANTS} tenants over 8 connections tell nobody of anybody else`, async () => {
  const tenants = Array.from({ length: TENANTS }, newTenant);
  const leaks: string[] = [];
  const told = new Set<string>();
  let left = REQUESTS;
  const caller = async (): Promise<void> => {
    for (; left > 0;) {
      left -= 1;
      const tenant = pick(tenants) ?? '';
      const sent = pick(KINDS)?.(tenant) ?? post('programs', []);
      const text = await send(tenant, sent);
      if (text === null || text === '') continue;
      const markers: readonly string[] = text.match(MARKER) ?? [];
      if (markers.includes(tenant)) told.add(tenant);
      if (markers.some((marker) => marker !== tenant)) leaks.push(`${sent.method} ${sent.path} of ${tenant}: ${text}`);
      remember(text);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  expect(leaks).toEqual([]);
  // Nothing would leak from a service that tells nobody anything.
  expect(told.size).toBe(TENANTS);
  expect(await strangers()).toEqual([]);
  expect(await settings()).toEqual([{ tenant: '', role: 'own' }]);
}, 180_000);

/** Rows in which another tenant's id stands than the one whose they are. */
async function strangers(): Promise<string[]> {
  const tables = await ask<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'`,
    [],
    database.superuserUrl,
  );
  const found: string[] = [];
  let rows = 0;
  for (const { name } of tables) {
    const lines = await ask<{ tenant: string; line: string }>(
      `SELECT tenant_id AS tenant, t::text AS line FROM "${name}" AS t`,
      [],
      database.superuserUrl,
    );
    rows += lines.length;
    for (const { tenant, line } of lines) {
      if ((line.match(MARKER) ?? []).some((marker) => marker !== tenant)) found.push(`${name}: ${line}`);
    }
  }
  expect(rows).toBeGreaterThan(1_000);
  return found;
}

/** What the connections of the pool carry; each is held until all are asked. */
async function settings(): Promise<unknown[]> {
  const runners = Array.from({ length: 8 }, () => service.app.get(DataSource).createQueryRunner());
  await Promise.all(runners.map((runner) => runner.connect()));
  const found = new Set<string>();
  for (const runner of runners) {
    const [line] = (await runner.query(
      `SELECT coalesce(current_setting('app.tenant_id', true), '') AS tenant,
         CASE WHEN current_user = session_user THEN 'own' ELSE current_user END AS role`,
    )) as object[];
    found.add(json(line));
    await runner.release();
  }
  return [...found].map((text) => JSON.parse(text) as unknown);
}
