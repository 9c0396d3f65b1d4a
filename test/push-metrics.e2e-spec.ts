import { UpkeepService } from '../src/upkeep/upkeep.service';
import { newTenant } from './support/app';
import { createOwnDatabase, type OwnDatabase } from './support/databases';
import { eventually } from './support/eventually';
import { Scrape } from './support/metrics';
import { answersException, answersStatus } from './support/moodle/faults';
import { type College, PushService, student } from './support/push';

let database: OwnDatabase;
let push: PushService;
let college: College;
beforeAll(async () => {
  // Sums are over all tenants, and other tests leave some behind.
  database = await createOwnDatabase('push_metrics');
  push = await PushService.start(8, { DATABASE_URL: database.url });
});
beforeEach(() => {
  college = push.next();
});
afterAll(async () => {
  await push.close();
  await database.drop();
});

const scrape = async (of = push): Promise<Scrape> =>
  new Scrape((await of.service.send<string>('GET', '/metrics')).body);
const students = (count: number) => Array.from({ length: count }, (_none, n) => student(`s${n}`));

it('what became of pushes is counted by kind and outcome', async () => {
  const before = await scrape();
  await college.sync('students', student('s1'), student('s2', { Academic_Email: 'not usable@c.example' }));
  await college.sync('students', student('s3', { Academic_Email: 'ünusable@c.example' }));
  await college.push();
  const after = await scrape();
  const grown = (outcome: string) => {
    const labels = { kind: 'user', outcome };
    return after.value('push_settled_total', labels) - before.value('push_settled_total', labels);
  };
  const targets = await college.targets('user');
  const states = ['pushed', 'failed'].map((state) => targets.filter((target) => target.state === state).length);
  expect(['pushed', 'failed'].map(grown)).toEqual(states);
  expect(states[0]).toBeGreaterThan(0);
  expect(states[1]).toBeGreaterThan(0);
  expect(after.of('push_settled_total')).toHaveLength(60);
});

describe('what is to be pushed', () => {
  const { tenant } = { tenant: () => ({ tenant: college.tenant }) };
  const backdate = (seconds: number) =>
    college.query(
      `UPDATE push_target SET next_try_at = clock_timestamp() - $2 * interval '1 second' WHERE tenant_id = $1`,
      [college.tenant, seconds],
    );

  it('is told as changes that are not planned yet, and as old as the run that made them', async () => {
    await college.sync('students', ...students(2));
    await college.query(
      `UPDATE push_mark SET run_id = ('01900000-0000-7' || substr(run_id::text, 16))::uuid WHERE tenant_id = $1`,
      [college.tenant],
    );
    const started = 0x0190_0000_0000 / 1_000;
    await eventually(async () => {
      const [age = 0] = (await scrape()).values('push_oldest_age_seconds', tenant());
      expect(Math.abs(Date.now() / 1_000 - started - age)).toBeLessThan(60);
    });
    await eventually(async () => expect((await scrape()).value('push_marks')).toBe(1));
  });

  it('is told by state, and as old as what is due for longest; nothing is late when all is pushed', async () => {
    await college.sync('students', ...students(3));
    await college.profile({ moodle: { brake: { targets: 0, percent: 0 } } });
    college.moodle.fail(answersStatus(503), { times: Infinity });
    await college.push();
    await backdate(7_200);
    await eventually(async () => {
      const page = await scrape();
      const [age = 0] = page.values('push_oldest_age_seconds', tenant());
      expect(Math.floor(age / 100)).toBe(72);
      expect(page.value('push_targets', { state: 'wanted' }) + page.value('push_targets', { state: 'retrying' })).toBe(
        3,
      );
    });
  });

  it('is not late where nobody is to push it', async () => {
    const off = await PushService.start(1, { DATABASE_URL: database.url, MOODLE_ENABLED: 'false' });
    const alone = off.next();
    await alone.sync('students', ...students(1));
    await off.service.app.get(UpkeepService).keepUp(alone.tenant);
    await alone.query(
      `UPDATE push_target SET next_try_at = clock_timestamp() - interval '1 hour' WHERE tenant_id = $1`,
      [alone.tenant],
    );
    const page = await scrape(off);
    expect(page.values('tenant_last_received_timestamp_seconds', { tenant: alone.tenant })).toHaveLength(1);
    expect(page.values('push_oldest_age_seconds', { tenant: alone.tenant })).toEqual([]);
    await off.close();
  });
});

it('a pause is told with its tenant and its reason, until it is over', async () => {
  college.moodle.fail(answersException('invalidtoken'), { times: Infinity });
  await college.sync('students', ...students(1));
  await college.push();
  await college.query(`UPDATE push_tenant SET paused_at = paused_at - interval '3 hours' WHERE tenant_id = $1`, [
    college.tenant,
  ]);
  await eventually(async () => {
    const told = (await scrape()).of('push_paused_seconds', { tenant: college.tenant });
    expect(told.map(({ labels }) => labels)).toEqual([{ tenant: college.tenant, by: 'site', reason: 'invalidtoken' }]);
    expect(told.map(({ value }) => Math.floor(value / 3_600))).toEqual([3]);
  });
  await college.query(`UPDATE push_tenant SET reason = 'a-code-of-a-plug-in' WHERE tenant_id = $1`, [college.tenant]);
  await eventually(async () =>
    expect((await scrape()).values('push_paused_seconds', { tenant: college.tenant, reason: 'other' })).toHaveLength(1),
  );
  const headers = { 'X-Tenant-ID': college.tenant };
  await push.service.send('POST', '/v1/admin/moodle/resume', { headers });
  await eventually(async () =>
    expect((await scrape()).values('push_paused_seconds', { tenant: college.tenant })).toEqual([]),
  );
});

it('a pause of a tenant that has no Moodle any more is told no longer', async () => {
  const tenant = newTenant();
  const send = (method: string, path: string, body: object) =>
    push.service.send(method, `/v1/admin/${path}`, { headers: { 'X-Tenant-ID': tenant }, body: JSON.stringify(body) });
  const told = async () => (await scrape()).values('push_paused_seconds', { tenant });
  await send('POST', 'tenants', { id: tenant, moodle: { base_url: 'https://moodle.example', token: 'a'.repeat(32) } });
  await send('POST', 'moodle/pause', { note: 'upgrade' });
  await eventually(async () => expect(await told()).toHaveLength(1));
  await send('PATCH', `tenants/${tenant}`, { moodle: { base_url: null } });
  await eventually(async () => expect(await told()).toEqual([]));
});

it('a hold that waits for approval is told with its tenant and its age', async () => {
  await college.sync('students', ...students(60));
  await college.push();
  await college.sync('students', ...students(60).map(({ id }) => ({ id, Status: 'Withdraw' })));
  await college.push();
  await college.query(`UPDATE push_hold SET created_at = created_at - interval '3 hours' WHERE tenant_id = $1`, [
    college.tenant,
  ]);
  await eventually(async () => {
    const page = await scrape();
    expect(page.values('push_holds_open', { tenant: college.tenant })).toEqual([1]);
    const [age = 0] = page.values('push_hold_oldest_age_seconds', { tenant: college.tenant });
    expect(Math.floor(age / 3_600)).toBe(3);
    expect(page.value('push_targets', { state: 'held' })).toBe(60);
  });
  await college.query(`UPDATE push_hold SET state = 'rejected' WHERE tenant_id = $1`, [college.tenant]);
  await eventually(async () =>
    expect((await scrape()).values('push_holds_open', { tenant: college.tenant })).toEqual([]),
  );
});

it('sites that are not called for a moment are counted, and those that have taken no call since', async () => {
  const before = (await scrape()).value('moodle_breakers_open');
  const failing = (await scrape()).value('moodle_sites_failing');
  college.moodle.fail(answersStatus(503), { times: Infinity });
  await college.sync('students', ...students(1));
  for (let failures = 0; failures < 5; failures += 1) {
    await college.letTimePass();
    await college.push();
  }
  expect((await scrape()).value('moodle_breakers_open')).toBe(before + 1);
  expect((await scrape()).value('moodle_sites_failing')).toBe(failing + 1);
  college.moodle.failNoMore();
  // The breaker lets a call through again after ten seconds.
  await eventually(async () => {
    await college.letTimePass();
    await college.push();
    expect(await college.unpushed()).toEqual([]);
  });
  expect((await scrape()).value('moodle_sites_failing')).toBe(failing);
});
