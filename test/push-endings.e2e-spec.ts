import { PushRound } from '../src/push/push-round';
import { answersStatus, resetsAfterWork, worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { addUser } from './support/moodle/seed';
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

const admin = <T = unknown>(method: string, path: string, body?: object) =>
  college.service.send<T>(method, `/v1/admin${path}`, {
    headers: { 'X-Tenant-ID': college.tenant },
    ...(body && { body: JSON.stringify(body) }),
  });

async function oneStudent(): Promise<void> {
  await college.sync('students', student('s1'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  await college.push();
}

describe('an unenrolment, which takes the groups along in Moodle', () => {
  beforeEach(() => college.profile({ moodle: { dropPolicy: 'unenrol' } }));

  it('is undone with the group when the student returns while it is under way', async () => {
    await oneStudent();
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: 'enrol_manual_unenrol_users' });
    await college.remove('enrollments', 'e1');
    const leaving = college.push();
    await college.moodle.waitForCall('enrol_manual_unenrol_users');
    await college.sync('enrollments', enrollment('e9', 's1', 'c1'));
    gate.open();
    await leaving;
    await college.settle();
    expect([college.made.isMember('s1', 'c1'), await college.unpushed()]).toEqual([true, []]);
  });

  it('is undone with the group when its answer was lost and the student has returned', async () => {
    await oneStudent();
    college.moodle.fail(resetsAfterWork(), { of: 'enrol_manual_unenrol_users' });
    college.moodle.fail(answersStatus(503), { of: 'core_group_delete_group_members' });
    await college.remove('enrollments', 'e1');
    await college.push();
    await college.sync('enrollments', enrollment('e9', 's1', 'c1'));
    await college.settle();
    expect([college.made.isMember('s1', 'c1'), await college.unpushed()]).toEqual([true, []]);
  });

  it('leaves nothing that a later drop policy would bring back', async () => {
    await oneStudent();
    await college.remove('enrollments', 'e1');
    await college.push();
    await college.profile({ moodle: { dropPolicy: 'suspend' } });
    await college.push();
    expect([college.made.enrolments, await college.unpushed()]).toEqual([[], []]);
  });
});

it('a retry by hand does not make us forget a call that was lost', async () => {
  college.moodle.fail(resetsAfterWork(), { of: 'enrol_manual_enrol_users' });
  await oneStudent();
  await college.remove('enrollments', 'e1');
  const { body } = await admin<{ data: { push_id: string; kind: string }[] }>('GET', '/pushes');
  const id = body.data.find(({ kind }) => kind === 'enrolment')?.push_id;
  await admin('POST', `/pushes/${id}/retry`);
  await college.settle();
  expect(college.made.enrolments).toMatchObject([{ suspended: true }]);
});

describe('a student who is to be suspended is', () => {
  it('whatever the new address is worth', async () => {
    await oneStudent();
    await college.sync('students', student('s1', { Academic_Email: 'a+b@college.example' }));
    await college.push();
    await college.sync('students', { id: 's1', Status: 'Withdraw' });
    await college.push();
    expect(college.made.user('s1')).toMatchObject({ suspended: true });
  });

  it('also when the new address is somebody else’s', async () => {
    addUser(college.moodle.site, { username: 'other', email: 'taken@college.example' });
    await oneStudent();
    await college.sync('students', student('s1', { Academic_Email: 'taken@college.example', Status: 'Withdraw' }));
    await college.push();
    expect(college.made.user('s1')).toMatchObject({ suspended: true });
    expect(await college.targets('user')).toMatchObject([{ state: 'failed', reason: 'useremailduplicate' }]);
  });
});

describe('the brake', () => {
  it('also sees users whom Moodle had before us', async () => {
    const ids = Array.from({ length: 30 }, (_none, n) => `s${n}`);
    for (const id of ids) addUser(college.moodle.site, { username: `${id}@college.example` });
    await college.sync('students', ...ids.map((id) => student(id, { Status: 'Withdraw' })));
    await college.push();
    expect(college.made.users.filter(({ suspended }) => suspended)).toEqual([]);
    expect((await college.targets('user')).map(({ state }) => state)).toEqual(ids.map(() => 'held'));
  });

  it('lets few of them through, and asks for no approval of those who are not in Moodle', async () => {
    addUser(college.moodle.site, { username: 's0@college.example' });
    const ids = Array.from({ length: 30 }, (_none, n) => `s${n}`);
    await college.sync('students', ...ids.map((id) => student(id, { Status: 'Withdraw' })));
    await college.push();
    expect(college.made.users).toMatchObject([{ idnumber: 's0', suspended: true }]);
    expect(await college.unpushed()).toEqual([]);
  });

  it('keeps those in their groups whose enrolments it holds', async () => {
    const ids = Array.from({ length: 30 }, (_none, n) => `s${n}`);
    await college.sync('students', ...ids.map((id) => student(id)));
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', ...ids.map((id) => enrollment(`e${id}`, id, 'c1')));
    await college.push();
    await college.remove('enrollments', ...ids.map((id) => `e${id}`));
    await college.push();
    expect(college.made.groups[0]?.members).toHaveLength(30);
    const { body } = await admin<{ data: { hold_id: string }[] }>('GET', '/holds');
    await admin('POST', `/holds/${body.data[0]?.hold_id}/approve`, { note: 'graduated' });
    await college.settle();
    expect(college.made.groups[0]?.members).toEqual([]);
    expect(college.made.enrolments.filter(({ suspended }) => !suspended)).toEqual([]);
    expect(await college.unpushed()).toEqual([]);
  });
});

describe('erasing what is no person', () => {
  it('ends what was in it, and brings it back with the record', async () => {
    await oneStudent();
    await college.service.send('DELETE', '/v1/programs/p1?erase=true', { headers: { 'X-Tenant-ID': college.tenant } });
    await college.push();
    expect(college.made.courses).toMatchObject([{ idnumber: 'p1', visible: 0 }]);
    await college.sync('programs', program('p1'));
    await college.push();
    await college.remove('enrollments', 'e1');
    await college.settle();
    expect(college.made.courses).toMatchObject([{ idnumber: 'p1', visible: 1 }]);
    expect(college.made.enrolments).toMatchObject([{ suspended: true }]);
    expect(await college.unpushed()).toEqual([]);
  });
});

describe('a pause', () => {
  it('by a person stops a round that is under way', async () => {
    await college.sync('students', ...Array.from({ length: 600 }, (_none, n) => student(`s${n}`)));
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: 'core_user_create_users' });
    const pushing = college.push();
    await college.moodle.waitForCall('core_user_create_users');
    await admin('POST', '/moodle/pause', { note: 'upgrade' });
    gate.open();
    await pushing;
    expect(college.made.users.length).toBeLessThan(600);
  });
});

it('what is ignored while a worker has it in hand is no reason to come back for ever', async () => {
  await college.sync('students', student('s1'));
  await college.push();
  await college.query(
    `UPDATE push_target SET state = 'ignored', next_try_at = NULL, lease = gen_random_uuid(),
       leased_until = clock_timestamp() WHERE tenant_id = $1`,
    [college.tenant],
  );
  expect(await college.service.app.get(PushRound).secondsUntilDue(college.tenant)).toBeNull();
});
