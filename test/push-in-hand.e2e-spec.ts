import { randomUUID } from 'node:crypto';
import type { TenantDb } from '../src/database/tenant-db';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { Environment } from '../src/config/environment';
import { HoldRepository } from '../src/push/brake/hold.repository';
import { Planner } from '../src/push/planning/planner';
import { TenantPushRepository } from '../src/push/site/tenant-push.repository';
import { SettlementRepository } from '../src/push/targets/settlement.repository';
import type { ClaimedTarget, Kind, Settlement } from '../src/push/targets/target';
import { TargetRepository } from '../src/push/targets/target.repository';
import { settingsOf } from '../src/push/wanted/moodle-settings';
import { worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
beforeAll(async () => {
  push = await PushService.start(20);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

const within = <T>(work: (db: TenantDb) => Promise<T>): Promise<T> =>
  push.service.app.get(TenantTransaction).run(college.tenant, work);
const becomesDue = (kind: Kind) =>
  college.query(
    `UPDATE push_target SET wanted = wanted + 1, state = 'wanted', next_try_at = clock_timestamp()
    WHERE tenant_id = $1 AND kind = $2`,
    [college.tenant, kind],
  );

/** A worker that has taken what is due of a kind, and may tell at any time later what became of it. */
async function claim(kind: Kind) {
  const lease = randomUUID();
  const targets = push.service.app.get(TargetRepository);
  const claimed = await within((db) => targets.claim(db, college.tenant, kind, lease, 10, false));
  const settle = (settlement: (target: ClaimedTarget) => Settlement) =>
    within((db) =>
      push.service.app.get(SettlementRepository).settle(
        db,
        college.tenant,
        lease,
        claimed.map((target) => ({ target, settlement: settlement(target) })),
      ),
    );
  return { claimed, settle };
}

const pauseByHand = () => {
  const request = { headers: { 'X-Tenant-ID': college.tenant }, body: '{"note":"upgrade"}' };
  return push.service.send('POST', '/v1/admin/moodle/pause', request);
};

const pushed = ({ moodleId, pushedDigest, isActive }: ClaimedTarget): Settlement => ({
  outcome: 'pushed',
  moodleId,
  digest: pushedDigest,
  isActive,
});
const LOOKED_UP = [{ state: 'wanted', is_doubtful: true }];

describe('what comes up about a target while a worker has it in hand outlives what that worker tells', () => {
  beforeEach(async () => {
    await college.sync('students', student('s1'));
    await college.push();
    await becomesDue('user');
  });

  it('another, thought dead, was at it until now', async () => {
    const slow = await claim('user');
    await college.query('UPDATE push_target SET leased_until = clock_timestamp() WHERE tenant_id = $1', [
      college.tenant,
    ]);
    const second = await claim('user');
    expect([slow.claimed, second.claimed]).toMatchObject([[{ subject: 'student:s1' }], [{ subject: 'student:s1' }]]);
    await slow.settle(pushed);
    await second.settle(pushed);
    expect(await college.targets('user')).toMatchObject(LOOKED_UP);
    await college.settle();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed', is_doubtful: false }]);
  });

  it.each([
    ['one', (id: string) => `/v1/admin/pushes/${id}/retry`],
    ['all', () => '/v1/admin/pushes/retry?state=wanted'],
  ])('somebody asks to retry %s', async (_what, path) => {
    const [line] = await college.query<{ id: string }>('SELECT id FROM push_target WHERE tenant_id = $1', [
      college.tenant,
    ]);
    await college.query('UPDATE push_target SET is_doubtful = true WHERE tenant_id = $1', [college.tenant]);
    const { settle } = await claim('user');
    await push.service.send('POST', path(line?.id ?? ''), { headers: { 'X-Tenant-ID': college.tenant } });
    await settle(pushed);
    expect(await college.targets('user')).toMatchObject(LOOKED_UP);
  });

  it('the tenant has another Moodle', async () => {
    const { settle } = await claim('user');
    await within((db) => push.service.app.get(TargetRepository).forgetMoodle(db, college.tenant));
    await settle((target) => ({ ...pushed(target), moodleId: 4711 }) as Settlement);
    expect(await college.targets('user')).toMatchObject([{ ...LOOKED_UP[0], moodle_id: null, is_active: false }]);
  });
});

describe('a slow call', () => {
  it('what changes during a push is pushed once more', async () => {
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: 'core_user_create_users' });
    await college.sync('students', student('s1'));
    const pushing = college.push();
    await college.moodle.waitForCall('core_user_create_users');
    await college.sync('students', { id: 's1', First_Name: 'New', Last_Name: 'Name' });
    gate.open();
    await pushing;
    await college.push();
    expect(college.made.users).toMatchObject([{ firstname: 'New', lastname: 'Name' }]);
  });

  it('of a worker that was thought dead does not overwrite a newer push unnoticed', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: 'core_user_update_users' });
    await college.sync('students', { id: 's1', First_Name: 'Old', Last_Name: 'Name' });
    const slow = college.push();
    await college.moodle.waitForCall('core_user_update_users');
    await college.query('UPDATE push_target SET leased_until = clock_timestamp() WHERE tenant_id = $1', [
      college.tenant,
    ]);
    await college.sync('students', { id: 's1', First_Name: 'New' });
    await college.push();
    expect(college.made.users).toMatchObject([{ firstname: 'New' }]);
    gate.open();
    await slow;
    await college.settle();
    expect(college.made.users).toMatchObject([{ firstname: 'New' }]);
    expect((await college.targets('user')).map(({ state }) => state)).toEqual(['pushed']);
  });
});

it('a membership that ended with its enrolment is looked up, though a worker that had it in hand tells that it is there', async () => {
  await college.sync('students', student('s1'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  await college.push();
  expect(await college.unpushed()).toEqual([]);
  for (const kind of ['enrolment', 'membership'] as const) await becomesDue(kind);
  const membership = await claim('membership');
  const enrolment = await claim('enrolment');
  await enrolment.settle((target) => ({ ...pushed(target), endsChildren: true }) as Settlement);
  await membership.settle(pushed);
  expect(await college.targets('membership')).toMatchObject(LOOKED_UP);
});

describe('what comes under a hold', () => {
  const hold = async () => {
    await college.sync('students', student('s1'));
    await college.push();
    await becomesDue('user');
    const { settle } = await claim('user');
    const holdId = await within((db) => push.service.app.get(HoldRepository).open(db, college.tenant, randomUUID()));
    return { settle: () => settle(() => ({ outcome: 'held', reason: 'brake', message: 'x', holdId })), holdId };
  };

  it('waits for somebody to decide', async () => {
    const { settle } = await hold();
    await settle();
    expect(await college.targets('user')).toMatchObject([{ state: 'held', reason: 'brake' }]);
  });

  it.each([
    ['approved', 'approve'],
    ['rejected', 'reject'],
  ])('that was %s meanwhile is looked at again', async (_what, decision) => {
    const { settle, holdId } = await hold();
    const headers = { 'X-Tenant-ID': college.tenant };
    const path = `/v1/admin/holds/${holdId}/${decision}`;
    expect((await push.service.send('POST', path, { headers, body: '{"note":"x"}' })).status).toBe(200);
    await settle();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason: 'hold_decided' }]);
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed' }]);
  });
});

describe('a round that began by what counts no longer', () => {
  const basis = { layout: 'program-course', profileVersion: 1, baseUrl: 'https://moodle.example' } as const;
  const tenants = (): TenantPushRepository => push.service.app.get(TenantPushRepository);
  const isStill = (): Promise<boolean> => within((db) => tenants().isStill(db, college.tenant, basis));
  beforeEach(async () => {
    await within((db) => tenants().planBy(db, college.tenant, basis, true));
    await within((db) => tenants().pushTo(db, college.tenant, basis.baseUrl));
  });

  it('takes what is due while all that it began by counts', async () => {
    expect(await isStill()).toBe(true);
  });

  it.each([
    ['another layout', { layout: 'class-course' } as const],
    ['a newer profile', { profileVersion: 2 }],
  ])('takes nothing more by it: %s', async (_what, change) => {
    expect(await within((db) => tenants().planBy(db, college.tenant, { ...basis, ...change }, false))).toBe('new');
    expect(await isStill()).toBe(false);
  });

  it('takes nothing more by it: another Moodle, or somebody’s pause', async () => {
    await within((db) => tenants().pause(db, college.tenant, 'person', 'paused', 'x'));
    expect(await isStill()).toBe(false);
    await within((db) => tenants().resume(db, college.tenant, 'site'));
    expect(await isStill()).toBe(false);
    await within((db) => tenants().resume(db, college.tenant));
    expect(await isStill()).toBe(true);
    await within((db) => tenants().pushTo(db, college.tenant, 'https://other.example'));
    expect(await isStill()).toBe(false);
  });

  it('does not plan by an older profile that is remembered only, and does by what it has just read', async () => {
    const older = { ...basis, profileVersion: 0 };
    const planBy = (isFresh: boolean) => within((db) => tenants().planBy(db, college.tenant, older, isFresh));
    expect([await planBy(false), await isStill()]).toEqual(['outdated', true]);
    expect([await planBy(true), await isStill()]).toEqual(['new', false]);
  });

  it('plans nothing more by it, and leaves that to the next', async () => {
    await college.sync('students', student('s1'));
    const settings = settingsOf({}, push.service.app.get(Environment));
    const old = { ...basis, profileVersion: 0 };
    await push.service.app.get(Planner).plan(college.tenant, old, settings, new AbortController().signal);
    expect(await college.targets()).toEqual([]);
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed' }]);
  });

  it.each([
    ['a pause', () => pauseByHand()],
    [
      'a newer profile',
      () => within((db) => tenants().planBy(db, college.tenant, { ...basis, profileVersion: 7 }, false)),
    ],
    ['another Moodle', () => within((db) => tenants().pushTo(db, college.tenant, 'https://other.example'))],
  ])('pushes what it has in its hands, and nothing more: %s', async (_what, change) => {
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: 'core_course_create_courses' });
    await college.sync('programs', program('p1'));
    await college.sync('students', student('s1'));
    const round = college.push();
    await college.moodle.waitForCall('core_course_create_courses');
    await change();
    gate.open();
    await round;
    expect(college.made.courses).toHaveLength(1);
    expect(college.made.users).toEqual([]);
  });

  it('reads the profile anew when it is planned by a newer one already, and pushes by that', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed' }]);
    expect(
      await college.query('SELECT profile_version FROM push_tenant WHERE tenant_id = $1', [college.tenant]),
    ).toEqual([{ profile_version: 0 }]);
  });
});
