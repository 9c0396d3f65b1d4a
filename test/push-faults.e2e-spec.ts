import { TenantTransaction } from '../src/database/tenant-transaction';
import { eventually } from './support/eventually';
import { courseClass, enrollment, type College, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
beforeAll(async () => {
  push = await PushService.start(60);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

const CREATE_USERS = 'core_user_create_users';
const everything = async (): Promise<void> => {
  await college.sync('students', student('s1'), student('s2'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'), enrollment('e2', 's2', 'c1'));
};
/** Rounds, as if time went by between them, until nothing is left to do. */
const settle = async (): Promise<void> => {
  for (let round = 0; round < 8; round += 1) {
    await college.letTimePass();
    await college.push();
  }
};
const states = async (kind?: string) => (await college.targets(kind)).map(({ state }) => state);
const expectOneOfEach = () => {
  const { users, courses, groups, enrolments } = college.moodle.state;
  expect(users.map(({ idnumber }) => idnumber).toSorted()).toEqual(['s1', 's2']);
  expect(courses.map(({ idnumber }) => idnumber)).toEqual(['p1']);
  expect(courses[0]?.sections.map(({ name }) => name)).toEqual(['General', 'Class c1', 'Class c2']);
  expect(groups.map(({ idnumber }) => idnumber).toSorted()).toEqual(['c1', 'c2']);
  expect(enrolments).toHaveLength(2);
  expect(groups.find(({ idnumber }) => idnumber === 'c1')?.members.size).toBe(2);
};

describe('every call that changes something may fail once, and nothing is lost or doubled', () => {
  const WRITES = [
    CREATE_USERS,
    'core_course_create_courses',
    'core_courseformat_update_course',
    'core_update_inplace_editable',
    'core_group_create_groups',
    'enrol_manual_enrol_users',
    'core_group_add_group_members',
  ];

  it.each(WRITES)('%s: carried out, then the connection is cut', async (name) => {
    college.moodle.fail({ kind: 'reset' }, name);
    await everything();
    await college.push();
    expect(await states()).toContain('retrying');
    await settle();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expectOneOfEach();
  });

  it.each(WRITES)('%s: the connection is cut before', async (name) => {
    college.moodle.fail({ kind: 'drop' }, name);
    await everything();
    await college.push();
    await settle();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expectOneOfEach();
  });

  it.each([500, 502, 503, 504])('status %s from everything for a while', async (status) => {
    college.moodle.fail({ kind: 'status', status }, undefined, 4);
    await everything();
    await college.push();
    college.moodle.heal();
    await settle();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expectOneOfEach();
  });
});

describe('a call that is carried out after we gave up', () => {
  it('makes no second user: it is looked up, and again later, before anything is created', async () => {
    const gate = Promise.withResolvers<undefined>();
    college.moodle.fail({ kind: 'hang', gate: gate.promise }, CREATE_USERS);
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason: 'timeout', is_doubtful: true }]);
    await college.query(`UPDATE push_target SET next_try_at = clock_timestamp() WHERE tenant_id = $1`, [
      college.tenant,
    ]);
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason: 'in_doubt' }]);
    expect(college.moodle.namesOf().filter((name) => name === CREATE_USERS)).toHaveLength(1);
    gate.resolve(undefined);
    await settle();
    expect(college.moodle.state.users).toHaveLength(1);
    expect(await states('user')).toEqual(['pushed']);
  });

  it('makes no second section: the unnamed new one is adopted', async () => {
    await college.sync('programs', program('p1'));
    await college.push();
    const [course] = college.moodle.state.courses;
    college.moodle.fail({ kind: 'reset' }, 'core_courseformat_update_course');
    await college.sync('classes', courseClass('c1'));
    await college.push();
    course?.sections.splice(1, 0, { id: 9_999, name: 'Somebody’s own', visible: true });
    await settle();
    expect(course?.sections.map(({ name }) => name)).toEqual(['General', 'Somebody’s own', 'Class c1']);
  });
});

describe('errors are sorted', () => {
  it('a record’s fault stops that record alone, with what to change', async () => {
    const ids = Array.from({ length: 20 }, (_none, n) => `s${n}`);
    await college.sync('students', ...ids.map((id) => student(id)));
    college.moodle.state.addUser({ username: 'other', email: 'x@c.example' });
    await college.sync('students', {
      id: 's7',
      First_Name: 'x'.repeat(90),
      Last_Name: 'y',
      Academic_Email: 'a+b@c.example',
    });
    await college.push();
    const failed = (await college.targets('user')).filter(({ state }) => state !== 'pushed');
    expect(failed).toMatchObject([{ subject: 'student:s7', state: 'failed', reason: 'username_unusable' }]);
    expect(failed[0]?.message).toMatch(/a-z 0-9/);
    expect(college.moodle.state.users).toHaveLength(20);
    await college.sync('students', { id: 's7', Academic_Email: 'a.b@c.example' });
    await college.push();
    expect(college.moodle.state.users).toHaveLength(21);
  });

  it('a faulty item among many is found by halving, and the others arrive', async () => {
    await everything();
    await college.push();
    const { state } = college.moodle;
    const ids = Array.from({ length: 40 }, (_none, n) => `n${n}`);
    await college.sync('students', ...ids.map((id) => student(id)));
    await college.push();
    for (const gone of ['n3', 'n30']) {
      const user = state.users.find(({ idnumber }) => idnumber === gone);
      if (user) user.deleted = true;
    }
    await college.sync('enrollments', ...ids.map((id) => enrollment(`x${id}`, id, 'c2')));
    await college.push();
    const failed = (await college.targets('enrolment')).filter((target) => target.state === 'failed');
    expect(failed).toMatchObject([
      { subject: 'student:n3', reason: 'userdeleted' },
      { subject: 'student:n30', reason: 'userdeleted' },
    ]);
    expect(state.enrolments).toHaveLength(40);
    const waiting = (await college.targets('membership')).filter((target) => target.state === 'waiting');
    expect(waiting).toMatchObject([
      { subject: 'student:n3', reason: 'no_enrolment', message: expect.stringMatching(/deleted/) as string },
      { subject: 'student:n30' },
    ]);
  });

  it('a child waits for its parent, and says why', async () => {
    await college.sync('students', student('s1', { Academic_Email: 'a+b@c.example' }));
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
    await college.push();
    expect(await college.targets('enrolment')).toMatchObject([
      { state: 'waiting', reason: 'no_user', message: expect.stringMatching(/user of student s1.*username/) as string },
    ]);
    await college.sync('students', { id: 's1', Academic_Email: 'ab@c.example' });
    await college.push();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
  });

  it.each(['invalidtoken', 'accessexception', 'nopermissions'])(
    '%s pauses the tenant until a check passes',
    async (code) => {
      college.moodle.fail({ kind: 'exception', errorcode: code }, undefined, 1_000);
      await everything();
      await college.push();
      const calls = college.moodle.calls.length;
      expect(calls).toBe(1);
      await college.sync('students', student('s3'));
      await college.push();
      expect(college.moodle.calls).toHaveLength(calls);
      expect(await pause()).toMatchObject([{ paused_by: 'site', reason: code }]);
      await checkIsDue();
      await college.push();
      expect(college.moodle.namesOf(calls)).toEqual(['core_webservice_get_site_info']);
      college.moodle.heal();
      await checkIsDue();
      await college.letTimePass();
      await college.push();
      expect(await pause()).toEqual([]);
      expect(new Set(await states())).toEqual(new Set(['pushed']));
    },
  );

  it('a site that is down for an hour is left alone, and everything arrives when it is back', async () => {
    await college.moodle.down();
    await everything();
    for (let round = 0; round < 60; round += 1) {
      await college.letTimePass();
      await college.push();
    }
    expect(Math.max(...(await college.targets('user')).map(({ attempts }) => attempts))).toBeLessThan(10);
    expect(new Set(await states('user'))).toEqual(new Set(['retrying']));
    await college.moodle.up();
    await eventually(async () => {
      await college.letTimePass();
      await college.push();
      expect(new Set(await states())).toEqual(new Set(['pushed']));
    });
    expectOneOfEach();
  });

  it.each([
    ['HTML', { kind: 'status', status: 200, body: '<html>' }, 'not_json'],
    ['something else', { kind: 'status', status: 200, body: '{"a":1}' }, 'unexpected_answer'],
    ['a redirect', { kind: 'status', status: 302, headers: { Location: 'https://elsewhere.example' } }, 'redirect'],
    ['429', { kind: 'status', status: 429, headers: { 'Retry-After': '7' } }, 'http_429'],
    ['a huge answer', { kind: 'status', status: 200, body: 'x'.repeat(25 * 1_024 * 1_024) }, 'too_large'],
  ] as const)('%s instead of an answer is tried again', async (_name, fault, reason) => {
    college.moodle.fail(fault);
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason }]);
    await checkIsDue();
    await settle();
    expect(college.moodle.state.users).toHaveLength(1);
  });
});

describe('a site that drops what exceeds max_input_vars', () => {
  it('is found out by the count of what it made, and nobody is lost', async () => {
    college.moodle.maxInputVars = 200;
    await college.sync('students', ...Array.from({ length: 60 }, (_none, n) => student(`s${n}`)));
    await college.push();
    await settle();
    await settle();
    expect(new Set(college.moodle.state.users.map(({ idnumber }) => idnumber)).size).toBe(60);
    expect(college.moodle.state.users).toHaveLength(60);
  });
});

describe('workers', () => {
  it('that race for one tenant make everything once', async () => {
    await everything();
    await Promise.all(Array.from({ length: 6 }, () => college.push()));
    await settle();
    expectOneOfEach();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
  });

  it('push what changes during a push once more', async () => {
    const gate = Promise.withResolvers<undefined>();
    college.moodle.fail({ kind: 'wait', gate: gate.promise }, CREATE_USERS);
    await college.sync('students', student('s1'));
    const seen = college.moodle.nextCall(CREATE_USERS);
    const pushing = college.push();
    await seen;
    await college.sync('students', { id: 's1', First_Name: 'New', Last_Name: 'Name' });
    gate.resolve(undefined);
    await pushing;
    await college.push();
    expect(college.moodle.state.users).toMatchObject([{ firstname: 'New', lastname: 'Name' }]);
  });

  it('that look before a change is committed push it all the same: the pick-up race', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const uncommitted = college.service.app.get(TenantTransaction).run(college.tenant, async (db) => {
      await db.query(`UPDATE student SET first_name = 'New', last_name = 'Name' WHERE tenant_id = $1`, [
        college.tenant,
      ]);
      await db.query('INSERT INTO push_mark (tenant_id, subject) VALUES ($1, $2)', [college.tenant, 'student:s1']);
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    await college.sync('students', student('s2'));
    await college.push();
    release.resolve(undefined);
    await uncommitted;
    await college.push();
    expect(college.moodle.state.users.map(({ firstname }) => firstname)).toEqual(['New', 'Omar']);
  });

  it('a worker that was thought dead does not overwrite a newer push unnoticed', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    const gate = Promise.withResolvers<undefined>();
    college.moodle.fail({ kind: 'wait', gate: gate.promise }, 'core_user_update_users');
    await college.sync('students', { id: 's1', First_Name: 'Old', Last_Name: 'Name' });
    const seen = college.moodle.nextCall('core_user_update_users');
    const slow = college.push();
    await seen;
    await college.query('UPDATE push_target SET leased_until = clock_timestamp() WHERE tenant_id = $1', [
      college.tenant,
    ]);
    await college.sync('students', { id: 's1', First_Name: 'New' });
    await college.push();
    expect(college.moodle.state.users).toMatchObject([{ firstname: 'New' }]);
    gate.resolve(undefined);
    await slow;
    await settle();
    expect(college.moodle.state.users).toMatchObject([{ firstname: 'New' }]);
    expect(await states('user')).toEqual(['pushed']);
  });
});

const pause = () =>
  college.query('SELECT paused_by, reason FROM push_tenant WHERE tenant_id = $1 AND paused_by IS NOT NULL', [
    college.tenant,
  ]);
const checkIsDue = () =>
  college.query('UPDATE push_tenant SET next_check_at = clock_timestamp() WHERE tenant_id = $1', [college.tenant]);
