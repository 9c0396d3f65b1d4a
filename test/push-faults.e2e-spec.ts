import { setTimeout as wait } from 'node:timers/promises';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { eventually } from './support/eventually';
import { ask } from './support/moodle/ask';
import {
  answersException,
  answersHalf,
  answersHtml,
  answersHugeBody,
  answersJson,
  answersStatus,
  redirects,
  resetsAfterWork,
  resetsBeforeWork,
  tooManyRequests,
  worksAfter,
} from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { addUser } from './support/moodle/seed';
import { WRITES } from './support/moodle/writes';
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
const states = async (kind?: string) => (await college.targets(kind)).map(({ state }) => state);
const expectOneOfEach = () => {
  const { users, courses, groups, enrolments } = college.made;
  expect(users.map(({ idnumber }) => idnumber).toSorted()).toEqual(['s1', 's2']);
  expect(courses.map(({ idnumber }) => idnumber)).toEqual(['p1']);
  expect(courses[0]?.sections.map(({ name }) => name)).toEqual(['General', 'Class c1', 'Class c2']);
  expect(groups.map(({ idnumber }) => idnumber).toSorted()).toEqual(['c1', 'c2']);
  expect(enrolments).toHaveLength(2);
  expect(groups.find(({ idnumber }) => idnumber === 'c1')?.members).toEqual(['s1', 's2']);
  expect(college.moodle.duplicates()).toEqual([]);
};

it.each([
  ['null', null],
  ['something else', { surprise: [] }],
])('a change that is answered with %s is not taken for done', async (_what, answer) => {
  await college.sync('students', student('s1'));
  await college.sync('programs', program('p1'));
  await college.push();
  for (const name of ['core_user_update_users', 'core_course_update_courses'])
    college.moodle.fail(answersJson(answer), { of: name });
  await college.sync('students', student('s1', { Display_Name: 'Layla Haddad' }));
  await college.sync('programs', program('p1', { Product_Name: 'HNC' }));
  await college.push();
  expect(await college.targets()).toMatchObject(Array(2).fill({ state: 'retrying', reason: 'unexpected_answer' }));
  await college.settle();
  expect(college.made.user('s1')).toMatchObject({ lastname: 'Haddad' });
  expect(college.made.courses).toMatchObject([{ fullname: 'HNC' }]);
});

describe('every call that changes something may fail once, and nothing is lost or doubled', () => {
  it.each(WRITES)('%s: carried out, then the connection is cut', async (name) => {
    college.moodle.fail(resetsAfterWork(), { of: name });
    await everything();
    await college.push();
    expect(await states()).toContain('retrying');
    await college.settle();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expectOneOfEach();
  });

  it.each(WRITES)('%s: the connection is cut before', async (name) => {
    college.moodle.fail(resetsBeforeWork(), { of: name });
    await everything();
    await college.push();
    await college.settle();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expectOneOfEach();
  });

  it.each([500, 502, 503, 504] as const)('status %s from everything for a while', async (status) => {
    college.moodle.fail(answersStatus(status), { times: 4 });
    await everything();
    await college.push();
    college.moodle.failNoMore();
    await college.settle();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expectOneOfEach();
  });
});

describe('a call that is carried out after we gave up', () => {
  it('makes no second user: it is looked up, and again later, before anything is created', async () => {
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: CREATE_USERS });
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason: 'timeout', is_doubtful: true }]);
    await college.query(`UPDATE push_target SET next_try_at = clock_timestamp() WHERE tenant_id = $1`, [
      college.tenant,
    ]);
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason: 'in_doubt' }]);
    expect(college.called().filter((name) => name === CREATE_USERS)).toHaveLength(1);
    gate.open();
    await college.moodle.idle();
    await college.settle();
    expect(college.made.users).toHaveLength(1);
    expect(await states('user')).toEqual(['pushed']);
  });

  it('makes no second section: the unnamed new one is adopted', async () => {
    await college.sync('programs', program('p1'));
    await college.push();
    college.moodle.fail(resetsAfterWork(), { of: 'core_courseformat_update_course' });
    await college.sync('classes', courseClass('c1'));
    await college.push();
    await addSectionAtTop('Somebody’s own');
    await college.settle();
    expect(sectionNames()).toEqual(['General', 'Somebody’s own', 'Class c1']);
  });

  const sectionNames = () => college.made.courses[0]?.sections.map(({ name }) => name);
  async function addSectionAtTop(value: string): Promise<void> {
    const { moodle, made } = college;
    const { id: courseid = 0, sections = [] } = made.courses[0] ?? {};
    const at = { action: 'section_add', courseid, targetsectionid: sections[0]?.id };
    await ask(moodle, 'core_courseformat_update_course', at);
    const itemid = made.courses[0]?.sections[1]?.id;
    const name = { component: 'format_topics', itemtype: 'sectionname', itemid, value };
    await ask(moodle, 'core_update_inplace_editable', name);
  }

  it('a refusal is not believed when what was asked for before may be why', async () => {
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: CREATE_USERS });
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', is_doubtful: true }]);
    await college.letTimePass();
    college.moodle.fail(answersException('invalidparameter'), { of: CREATE_USERS });
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason: 'invalidparameter' }]);
    gate.open();
    await college.settle();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed' }]);
    expect(college.made.users).toHaveLength(1);
  });
});

describe('errors are sorted', () => {
  it('a record’s fault stops that record alone, with what to change', async () => {
    const ids = Array.from({ length: 20 }, (_none, n) => `s${n}`);
    await college.sync('students', ...ids.map((id) => student(id)));
    addUser(college.moodle.site, { username: 'other' });
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
    expect(college.made.users).toHaveLength(20);
    await college.sync('students', { id: 's7', Academic_Email: 'a.b@c.example' });
    await college.push();
    expect(college.made.users).toHaveLength(21);
  });

  it('a faulty item among many is found by halving, and the others arrive', async () => {
    await everything();
    await college.push();
    const ids = Array.from({ length: 40 }, (_none, n) => `n${n}`);
    await college.sync('students', ...ids.map((id) => student(id)));
    await college.push();
    const gone = ['n3', 'n30'].map((id) => college.made.user(id)?.id);
    await ask(college.moodle, 'core_user_delete_users', { userids: gone });
    await college.sync('enrollments', ...ids.map((id) => enrollment(`x${id}`, id, 'c2')));
    await college.push();
    const failed = (await college.targets('enrolment')).filter((target) => target.state === 'failed');
    expect(failed).toMatchObject([
      { subject: 'student:n3', reason: 'userdeleted' },
      { subject: 'student:n30', reason: 'userdeleted' },
    ]);
    expect(college.made.enrolments).toHaveLength(40);
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
      college.moodle.fail(answersException(code), { times: Infinity });
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
      expect(college.called(calls)).toEqual(['core_webservice_get_site_info']);
      college.moodle.failNoMore();
      await checkIsDue();
      await college.letTimePass();
      await college.push();
      expect(await pause()).toEqual([]);
      expect(new Set(await states())).toEqual(new Set(['pushed']));
    },
  );

  it('a site that works again does not end a pause that somebody has asked for meanwhile', async () => {
    college.moodle.fail(answersException('accessexception'), { of: 'core_webservice_get_site_info' });
    await college.sync('students', student('s1'));
    await college.push();
    expect(await pause()).toMatchObject([{ paused_by: 'site' }]);
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: 'core_webservice_get_site_info' });
    await checkIsDue();
    const checking = college.push();
    await college.moodle.waitForCall('core_webservice_get_site_info');
    const headers = { 'X-Tenant-ID': college.tenant };
    await push.service.send('POST', '/v1/admin/moodle/pause', { headers, body: '{"note":"upgrade"}' });
    gate.open();
    await checking;
    expect(await pause()).toMatchObject([{ paused_by: 'person' }]);
    expect(college.made.users).toEqual([]);
  });

  it('a site that is down for an hour is left alone, and everything arrives when it is back', async () => {
    await college.moodle.goDown();
    await everything();
    for (let round = 0; round < 60; round += 1) {
      await college.letTimePass();
      await college.push();
    }
    expect(Math.max(...(await college.targets('user')).map(({ attempts }) => attempts))).toBeLessThan(10);
    expect(new Set(await states('user'))).toEqual(new Set(['retrying']));
    await college.moodle.comeBack();
    await eventually(async () => {
      await college.letTimePass();
      await college.push();
      expect(new Set(await states())).toEqual(new Set(['pushed']));
    });
    expectOneOfEach();
  });

  it.each([
    ['HTML', answersHtml(), 'not_json'],
    ['half of one', answersHalf(), 'not_json'],
    ['something else', answersJson({ a: 1 }), 'unexpected_answer'],
    ['a redirect', redirects('https://elsewhere.example'), 'redirect'],
    ['429', tooManyRequests(7), 'http_429'],
    ['a huge answer', answersHugeBody(), 'too_large'],
  ] as const)('%s instead of an answer is tried again', async (_name, fault, reason) => {
    college.moodle.fail(fault, { of: CREATE_USERS });
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'retrying', reason }]);
    await checkIsDue();
    await college.settle();
    expect(college.made.users).toHaveLength(1);
  });
});

describe('a site that drops what exceeds max_input_vars', () => {
  const sixtyStudents = async (): Promise<void> => {
    await college.sync('students', ...Array.from({ length: 60 }, (_none, n) => student(`s${n}`)));
    await college.push();
  };

  /** What has read all when it was looked at reads less before the next look. */
  const readLessThanBefore = async (maxInputVars: number): Promise<void> => {
    await college.push();
    college.moodle.configure({ maxInputVars });
    await sixtyStudents();
  };

  it('is found out by a look, and sent nothing until it reads all', async () => {
    college.moodle.configure({ maxInputVars: 800 });
    await sixtyStudents();
    expect(await pause()).toMatchObject([{ paused_by: 'site', reason: 'max_input_vars' }]);
    expect(college.moodle.writingCalls()).toEqual([]);
    college.moodle.configure({ maxInputVars: 1_000 });
    await checkIsDue();
    await college.push();
    expect(college.made.users).toHaveLength(60);
  });

  it('is found out by the count of what it made, and nobody is lost', async () => {
    // A user has seven variables and a call three: of thirty, twenty-eight fit.
    await readLessThanBefore(198);
    const left = (await college.targets('user')).filter(({ state }) => state !== 'pushed');
    expect(left).toEqual(Array(4).fill(expect.objectContaining({ state: 'retrying', reason: 'truncated' })));
    await college.settle();
    expect(college.made.users).toHaveLength(60);
    expect(college.moodle.duplicates()).toEqual([]);
  });

  it('refuses one of whom the rest is missing, and everybody arrives in smaller calls', async () => {
    await readLessThanBefore(200);
    expect(new Set(await states())).toEqual(new Set(['pushed']));
    expect(college.made.users).toHaveLength(60);
    expect(college.moodle.duplicates()).toEqual([]);
  });
});

describe('calls of one site', () => {
  it('are no more in a second than are allowed', async () => {
    const slow = await PushService.start(1, { MOODLE_CALLS_PER_SECOND: '3' });
    try {
      const only = slow.next();
      // The others begin late in the second that began with the first.
      only.moodle.fail(async ({ work, answer }) => {
        await wait(700);
        answer(await work());
      });
      await only.sync('programs', program('p1'));
      await only.sync('classes', courseClass('c1'));
      await only.push();
      const times = only.moodle.calls.map(({ at }) => at);
      expect(times.length).toBeGreaterThan(9);
      // Whichever second is looked at: any four calls that follow each other take one.
      const spans = times.slice(3).map((at, n) => at - (times[n] ?? at));
      expect(Math.min(...spans)).toBeGreaterThan(900);
    } finally {
      await slow.close();
    }
  });
});

describe('workers', () => {
  it('that race for one tenant make everything once', async () => {
    await everything();
    await Promise.all(Array.from({ length: 6 }, () => college.push()));
    await college.settle();
    expectOneOfEach();
    expect(new Set(await states())).toEqual(new Set(['pushed']));
  });

  it('that look before a change is committed push it all the same: the pick-up race', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const uncommitted = college.service.app.get(TenantTransaction).run(college.tenant, async (db) => {
      await db.query(`UPDATE student SET first_name = 'New', last_name = 'Name' WHERE tenant_id = $1`, [
        college.tenant,
      ]);
      await db.query('INSERT INTO push_mark (tenant_id, subjects) VALUES ($1, $2)', [college.tenant, ['student:s1']]);
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    await college.sync('students', student('s2'));
    await college.push();
    release.resolve(undefined);
    await uncommitted;
    await college.push();
    expect(college.made.users.map(({ firstname }) => firstname)).toEqual(['New', 'Omar']);
  });
});

const pause = () =>
  college.query('SELECT paused_by, reason FROM push_tenant WHERE tenant_id = $1 AND paused_by IS NOT NULL', [
    college.tenant,
  ]);
const checkIsDue = () =>
  college.query('UPDATE push_tenant SET next_check_at = clock_timestamp() WHERE tenant_id = $1', [college.tenant]);
