import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncReport } from '../src/sync/sync-report';
import { bearing, idOf } from './support/access';
import { Api } from './support/api';
import { newTenant } from './support/app';
import { collectingFetch } from './support/canary/collecting-fetch';
import { ask, createOwnDatabase, type OwnDatabase, untilBlocked, whileLocked } from './support/databases';
import { eventually } from './support/eventually';
import { countsOf, importsOf, ndjson, PORTION, students } from './support/imports';
import { worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { Moodle } from './support/moodle/moodle';
import { courseClass, enrollment, program, student } from './support/push';
import { Run } from './support/run';

/** Processes are started, and what one has changed counts in the others after some seconds. */
jest.setTimeout(120_000);

const PROCESSES = 3;
const COLLEGES = 6;

interface College {
  readonly tenant: string;
  readonly moodle: Moodle;
}

let database: OwnDatabase;
let folder: string;
let colleges: College[];
let variables: Record<string, string>;
let runs: Run[];
let apis: Api[];
let tenant: string;

beforeAll(async () => {
  database = await createOwnDatabase('processes');
  folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-processes-'));
  colleges = await Promise.all(
    Array.from({ length: COLLEGES }, async () => ({ tenant: newTenant(), moodle: await Moodle.start({ racy: true }) })),
  );
  const sites = colleges.map(({ tenant: id, moodle: { url: baseUrl, token } }) => [id, { baseUrl, token }]);
  await writeFile(join(folder, 'sites.json'), JSON.stringify(Object.fromEntries(sites)));
  variables = { DATABASE_URL: database.url, MOODLE_ENABLED: 'true', MOODLE_SITES_FILE: join(folder, 'sites.json') };
  runs = Array.from({ length: PROCESSES }, () => api());
  apis = await Promise.all(runs.map(async (run) => new Api(await run.ready())));
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(async () => {
  await Promise.all(runs.map((run) => run.end('SIGTERM')));
  await Promise.all(colleges.map(({ moodle }) => moodle.stop()));
  await database.drop();
  await rm(folder, { recursive: true });
});

const api = (): Run => new Run(folder, { ...variables, PUSH_WORKERS: '0' });

/** The process whose turn it is. */
const at = (n: number): Api => apis[n % PROCESSES] as Api;

/** So many requests at once, sent to the processes in turn. */
const together = <T>(count: number, work: (to: Api, n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_none, n) => work(at(n), n)));

const sync = (to: Api, ...data: object[]): Promise<SyncReport> => to.sync('students', { data }, { tenant });

/** What became of one record in each of the requests. */
const fatesOf = (id: string, reports: readonly SyncReport[]): string[] =>
  reports.flatMap(({ results }) =>
    results.filter(({ zoho_student_id: told }) => told === id).map(({ status }) => status),
  );

const times = (count: number, status: string): string[] => Array<string>(count).fill(status);

describe('records that are sent to several at once', () => {
  const REPEATS = 6;

  it('are stored once, however they are ordered', async () => {
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      tenant = newTenant();
      const data = students(25);
      const reports = await together(9, (to, n) => sync(to, ...(n % 2 === 0 ? data : data.toReversed())));
      for (const { id = '' } of data)
        expect(fatesOf(id, reports).toSorted()).toEqual(['NEW', ...times(8, 'UNCHANGED')]);
      expect(await countsOf(tenant, database.superuserUrl)).toMatchObject({ students: 25, changes: 25, runs: 9 });
    }
  });

  it('and differ, are changed one after the other: each change begins where one before it ended', async () => {
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      tenant = newTenant();
      const reports = await together(9, (to, n) => sync(to, ...students(5).map((one) => ({ ...one, City: `c${n}` }))));
      expect(fatesOf('s1', reports).toSorted()).toEqual(['NEW', ...times(8, 'UPDATED')]);
      const changes = reports.flatMap(({ results }) => results[1]?.changes?.['city'] ?? []);
      const first = reports.findIndex(({ results }) => results[1]?.status === 'NEW');
      const afters = [`c${first}`, ...changes.map(({ after }) => after)];
      const last = (await at(0).row('students', 's1', tenant))['city'];
      const replaced = afters.filter((city) => city !== last);
      expect(changes).toHaveLength(replaced.length);
      expect(new Set(changes.map(({ before }) => before))).toEqual(new Set(replaced));
    }
  });

  it('and want one e-mail address: one of them gets it', async () => {
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      tenant = newTenant();
      const reports = await together(9, (to, n) => sync(to, student(`s${n}`, { Academic_Email: 'one@c.example' })));
      const statuses = reports.flatMap(({ results }) => results.map(({ status }) => status));
      expect(statuses.toSorted()).toEqual([...times(8, 'INVALID'), 'NEW']);
    }
  });
});

describe('a request that is repeated at another', () => {
  /** The answer's bytes, and whether it was given before. */
  async function post(to: Api, body: string, headers: Record<string, string> = {}) {
    const answer = await collectingFetch(`${to.url}/v1/sync/students`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', 'X-Tenant-ID': tenant, ...headers },
    });
    return {
      status: answer.status,
      isReplay: answer.headers.get('idempotent-replayed') === 'true',
      bytes: Buffer.from(await answer.arrayBuffer()),
    };
  }

  const BODY = JSON.stringify({ data: [student('s1'), { id: 's2' }] });

  it.each([
    ['under a key', { 'Idempotency-Key': 'mine' }],
    ['without one', {}],
  ])('%s is answered with the same bytes', async (_how, headers) => {
    const first = await post(at(0), BODY, headers);
    expect(first).toMatchObject({ status: 200, isReplay: false });
    for (const n of [1, 2, 0]) expect(await post(at(n), BODY, headers)).toEqual({ ...first, isReplay: true });
    expect(await countsOf(tenant, database.superuserUrl)).toMatchObject({ runs: 1 });
  });

  it('with another body under the same key is refused', async () => {
    const key = { 'Idempotency-Key': 'mine' };
    await post(at(0), BODY, key);
    expect(await post(at(1), JSON.stringify(student('s3')), key)).toMatchObject({ status: 422 });
  });

  it('while it is worked on waits for its answer, and is told so when that takes too long', async () => {
    await sync(at(0), student('s1'));
    const key = { 'Idempotency-Key': 'mine' };
    const body = JSON.stringify(student('s1', { City: 'Amman' }));
    const url = database.superuserUrl;
    const row = `SELECT FROM student WHERE tenant_id = $1 AND zoho_id = 's1' FOR UPDATE`;
    const claim = `SELECT FROM idempotency_key WHERE tenant_id = $1 AND key = 'mine' FOR UPDATE`;
    let asked: ReturnType<typeof post>[] = [];
    await whileLocked(
      row,
      [tenant],
      async () => {
        asked = [post(at(0), body, key)];
        await untilBlocked(1, url);
        expect(await post(at(1), body, key)).toMatchObject({ status: 409 });
        await whileLocked(claim, [tenant], () => untilRepeated(asked, url), url);
        // It has looked, and found the first at work.
        await untilBlocked(1, url);
      },
      url,
    );
    const [first, second] = await Promise.all(asked);
    expect(first).toMatchObject({ status: 200, isReplay: false });
    expect(second).toEqual({ ...first, isReplay: true });
    expect(await countsOf(tenant, url)).toMatchObject({ runs: 2, changes: 2 });

    function untilRepeated(waiting: ReturnType<typeof post>[], superuserUrl: string): Promise<void> {
      waiting.push(post(at(2), body, key));
      return untilBlocked(2, superuserUrl);
    }
  });
});

describe('what an administrator does at one is obeyed by the others', () => {
  const json = { 'Content-Type': 'application/json' };
  const administer = async <T>(to: Api, method: string, path: string, body?: object): Promise<T> => {
    const init = { headers: json, ...(body && { body: JSON.stringify(body) }) };
    const answer = await to.send<T>(method, `/v1/admin/${path}`, init);
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };

  it('a tenant that is paused, and goes on', async () => {
    await together(PROCESSES, (to, n) => sync(to, student(`s${n}`)));
    const read = (to: Api) =>
      to.send('POST', '/v1/sync/students', { body: JSON.stringify(student('s1')), headers: { 'X-Tenant-ID': tenant } });
    await administer(at(0), 'PATCH', `tenants/${tenant}`, { state: 'paused' });
    for (const to of apis)
      await eventually(async () =>
        expect(await read(to)).toMatchObject({ status: 403, body: { code: 'TENANT_PAUSED' } }),
      );
    await administer(at(1), 'PATCH', `tenants/${tenant}`, { state: 'active' });
    for (const to of apis) await eventually(async () => expect(await read(to)).toMatchObject({ status: 200 }));
  });

  it('a key that is revoked', async () => {
    await sync(at(0), student('s1'));
    const wish = { name: 'zoho', tenant_id: tenant, scopes: ['read'] };
    const { key } = await administer<{ key: string }>(at(0), 'POST', 'keys', wish);
    const read = (to: Api) => to.send('GET', '/v1/students', { headers: bearing(key) });
    for (const to of apis) expect(await read(to)).toMatchObject({ status: 200 });
    await administer(at(1), 'DELETE', `keys/${idOf(key)}`);
    for (const to of apis) await eventually(async () => expect(await read(to)).toMatchObject({ status: 401 }));
  });

  it('a profile that is changed', async () => {
    const send = async (to: Api, id: string): Promise<string | null | undefined> => {
      await sync(to, student(id, { Town: 'Amman' }));
      return (await to.row('students', id, tenant))['city'];
    };
    for (const [n, to] of apis.entries()) expect(await send(to, `before${n}`)).toBeNull();
    const profile = { entities: { students: { fields: { city: { aliases: ['Town'] } } } } };
    await administer(at(0), 'PUT', `tenants/${tenant}/profile`, profile);
    for (const [n, to] of apis.entries()) {
      let tried = 0;
      await eventually(async () => expect(await send(to, `after${n}-${(tried += 1)}`)).toBe('Amman'));
    }
  });

  it('and requests are counted together', async () => {
    const limit = 60;
    await administer(at(0), 'POST', 'tenants', { id: tenant, limits: { requests_per_minute: limit } });
    const answers = await together(4 * limit, (to) => to.get('/v1/students', tenant));
    const admitted = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4 * limit - admitted);
    expect(admitted).toBeLessThanOrEqual(limit);
    expect(admitted).toBeGreaterThan(limit / 2);
  });
});

describe('an import', () => {
  const of = (n: number) => importsOf(() => ({ service: at(n), tenant }));
  const codeOf = ({ body }: { body: unknown }): unknown => (body as { code?: string }).code;

  it('that one has begun is refused by the others, and done once', async () => {
    const records = students(PORTION + 1);
    const call = of(0).begin();
    call.write(ndjson(records));
    await eventually(async () => expect(await of(1).list()).toMatchObject([{ summary: { total: PORTION } }]));
    const others = await Promise.all([1, 2].map((n) => of(n).send(ndjson(records))));
    expect(others.map(codeOf)).toEqual(['IMPORT_IN_PROGRESS', 'IMPORT_IN_PROGRESS']);
    call.end();
    const [response] = (await once(call, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
    expect(await countsOf(tenant, database.superuserUrl)).toMatchObject({
      students: PORTION + 1,
      changes: PORTION + 1,
      imports: 1,
    });
  });

  it('that is sent to all of them at the same time is done by one of them', async () => {
    const records = students(2 * PORTION);
    const answers = await Promise.all([0, 1, 2].map((n) => of(n).send(ndjson(records))));
    const done = answers.filter(({ status }) => status === 200).map(({ body }) => body.summary);
    // Who waited until it was over has imported the same once more, and changed nothing.
    expect(done.filter(({ NEW: made }) => made === 2 * PORTION)).toHaveLength(1);
    expect(done.filter(({ UNCHANGED: same }) => same === 2 * PORTION)).toHaveLength(done.length - 1);
    const refused = answers.filter(({ status }) => status !== 200).map(codeOf);
    expect(refused).toEqual(times(3 - done.length, 'IMPORT_IN_PROGRESS'));
    const counts = await countsOf(tenant, database.superuserUrl);
    expect(counts).toMatchObject({ students: 2 * PORTION, changes: 2 * PORTION });
  });

  it('whose process is killed is gone on with by another', async () => {
    const mortal = api();
    const service = new Api(await mortal.ready());
    const records = students(2 * PORTION);
    const call = importsOf(() => ({ service, tenant })).begin();
    call.write(ndjson(records.slice(0, PORTION + 1)));
    await eventually(async () => expect(await of(0).list()).toMatchObject([{ summary: { total: PORTION } }]));
    await mortal.end('SIGKILL');
    const report = await of(0).take(ndjson(records));
    expect(report).toMatchObject({ resumed: true, summary: { total: 2 * PORTION, NEW: 2 * PORTION } });
    const counts = await countsOf(tenant, database.superuserUrl);
    expect(counts).toMatchObject({ students: 2 * PORTION, changes: 2 * PORTION, imports: 1 });
  });
});

describe('workers', () => {
  const PEOPLE = 8;

  async function fill({ tenant: id }: College, n: number): Promise<void> {
    const send = (step: number, entity: string, ...data: object[]) =>
      at(n + step).sync(entity, { data }, { tenant: id });
    const all = Array.from({ length: PEOPLE }, (_none, one) => one);
    await send(0, 'students', ...all.map((one) => student(`s${one}`)));
    await send(1, 'programs', program('p1'));
    await send(2, 'classes', courseClass('c1'), courseClass('c2'));
    await send(0, 'enrollments', ...all.map((one) => enrollment(`e${one}`, `s${one}`, `c${1 + (one % 2)}`)));
  }

  /** What was sent, item by item; sections have no key, and are looked for among what is there twice. */
  const itemsSentTo = ({ moodle }: College): string[] =>
    moodle.writingCalls().flatMap(({ wsfunction, params }) => {
      const items = Object.values(params).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
      return items.filter((item) => typeof item === 'object').map((item) => `${wsfunction} ${JSON.stringify(item)}`);
    });

  it('push everything once', async () => {
    const gate = new Gate();
    for (const { moodle } of colleges) moodle.fail(worksAfter(gate), { times: Infinity });
    await Promise.all(colleges.map(fill));
    const own = { ...variables, PUSH_WORKERS: '2', MOODLE_TIMEOUT_SECONDS: '60' };
    const workers = [0, 1].map(() => new Run(folder, own, ['worker']));
    runs.push(...workers);
    // More colleges than one of them serves at a time.
    await eventually(() => {
      expect(colleges.filter(({ moodle }) => moodle.calls.length > 0).length).toBeGreaterThan(2);
      return Promise.resolve();
    });
    gate.open();
    const states = 'SELECT state, count(*)::int FROM push_target WHERE tenant_id = ANY($1) GROUP BY state';
    const ids = colleges.map((college) => college.tenant);
    await eventually(async () =>
      expect(await ask(states, [ids], database.superuserUrl)).toEqual([
        { state: 'pushed', count: COLLEGES * (1 + 2 + 2 + 3 * PEOPLE) },
      ]),
    );
    for (const college of colleges) {
      const sent = itemsSentTo(college);
      expect(new Set(sent).size).toBe(sent.length);
      // Each person as a user, in the course and in a group; and two groups and a course.
      expect(sent).toHaveLength(3 * PEOPLE + 3);
      expect(college.moodle.duplicates()).toEqual([]);
    }
    for (const { output } of workers) expect(output).toContain('Moodle core_user_create_users: ok');
  });
});
