import { UpkeepService } from '../src/upkeep/upkeep.service';
import { ApiDescription, type ApiDocument } from './support/api-description';
import type { Answer } from './support/app';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
let api: ApiDescription;
beforeAll(async () => {
  push = await PushService.start(12);
  api = new ApiDescription((await push.service.get<ApiDocument>('/openapi.json')).body);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

interface Hold {
  hold_id: string;
  state: string;
  size: number;
  kinds: object;
}

const get = <T = object>(path: string): Promise<Answer<T>> => push.service.get<T>(path, college.tenant);
const post = <T = object>(path: string, body: object): Promise<Answer<T>> =>
  push.service.send<T>('POST', path, { headers: { 'X-Tenant-ID': college.tenant }, body: JSON.stringify(body) });
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_none, n) => `s${from + n}`);
const suspended = (): number => college.made.users.filter((user) => user.suspended).length;
const withdraw = (...students: string[]) =>
  college.sync('students', ...students.map((id) => ({ id, Status: 'Withdraw' })));
const holds = async (query = ''): Promise<Hold[]> => (await get<{ data: Hold[] }>(`/v1/admin/holds${query}`)).body.data;

async function hundredStudents(): Promise<void> {
  await college.sync('students', ...ids(0, 100).map((id) => student(id)));
  await college.push();
}

describe('more suspensions within an hour than 20 and a tenth of what is active', () => {
  beforeEach(hundredStudents);

  it('are held back, and the rest goes on', async () => {
    await withdraw(...ids(0, 30));
    await college.sync('students', student('new'), { id: 's99', First_Name: 'Ada', Last_Name: 'Lovelace' });
    await college.push();
    expect(suspended()).toBe(0);
    expect(college.made.users).toHaveLength(101);
    expect(college.made.users.find(({ idnumber }) => idnumber === 's99')).toMatchObject({ firstname: 'Ada' });
    expect(await holds()).toMatchObject([{ state: 'open', size: 30, kinds: { user: 30 } }]);
    expect((await college.targets('user')).filter(({ state }) => state === 'held')).toHaveLength(30);
  });

  it('go on when somebody approves', async () => {
    await withdraw(...ids(0, 30));
    await college.push();
    const list = await get<{ data: Hold[] }>('/v1/admin/holds?state=open');
    const [hold] = list.body.data;
    const approved = await post(`/v1/admin/holds/${hold?.hold_id}/approve`, { note: 'graduated' });
    expect(approved.body).toMatchObject({ state: 'approved', size: 30, note: 'graduated' });
    await college.push();
    expect(suspended()).toBe(30);
    const again = await post(`/v1/admin/holds/${hold?.hold_id}/approve`, { note: 'again' });
    expect(again.status).toBe(404);
    await withdraw('s50');
    await college.push();
    expect(suspended()).toBe(31);
    expect(api.faults('listHolds', list)).toEqual([]);
    expect([approved, again].flatMap((answer) => api.faults('approveHold', answer))).toEqual([]);
  });

  it('are not made when somebody rejects, until a record changes', async () => {
    await withdraw(...ids(0, 30));
    await college.push();
    const [hold] = await holds();
    const rejected = await post(`/v1/admin/holds/${hold?.hold_id}/reject`, { note: 'Zoho was wrong' });
    await college.push();
    expect(suspended()).toBe(0);
    const targets = (await college.targets('user')).filter(({ reason }) => reason === 'hold_rejected');
    expect(targets).toHaveLength(30);
    await college.sync('students', { id: 's0', Status: 'Active' }, { id: 's1', Status: 'Blocked' });
    await college.push();
    expect(suspended()).toBe(1);
    expect(api.faults('rejectHold', rejected)).toEqual([]);
  });

  it('are forgotten by the brake when the source takes them back', async () => {
    await withdraw(...ids(0, 30));
    await college.push();
    await college.sync('students', ...ids(0, 30).map((id) => ({ id, Status: 'Active' })));
    await college.push();
    expect(await holds('?state=open')).toMatchObject([{ size: 0 }]);
    expect((await college.targets('user')).every(({ state }) => state === 'pushed')).toBe(true);
  });

  it('are left as they are when nobody decides in time', async () => {
    await withdraw(...ids(0, 30));
    await college.push();
    await college.query(`UPDATE push_hold SET expires_at = clock_timestamp() WHERE tenant_id = $1`, [college.tenant]);
    await push.service.app.get(UpkeepService).keepUp(college.tenant);
    expect(await holds()).toMatchObject([{ state: 'expired', size: 30 }]);
    expect(suspended()).toBe(0);
  });

  it('count together, however they come', async () => {
    for (const from of [0, 10, 20]) {
      await withdraw(...ids(from, from + 10));
      await college.push();
    }
    expect(suspended()).toBe(20);
    expect(await holds()).toMatchObject([{ size: 10 }]);
  });

  it('may be as many as the tenant’s own settings say', async () => {
    await college.profile({ moodle: { brake: { targets: 50, percent: 10 } } });
    await withdraw(...ids(0, 30));
    await college.push();
    expect(suspended()).toBe(30);
  });
});

it('a few suspensions are made at once, though they are many of a few', async () => {
  await college.sync('students', ...ids(0, 20).map((id) => student(id)));
  await college.push();
  await withdraw(...ids(0, 20));
  await college.push();
  expect(suspended()).toBe(20);
  expect(await holds()).toEqual([]);
});

it('enrolments that end count, and a change of class does not', async () => {
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await college.sync('students', ...ids(0, 40).map((id) => student(id)));
  await college.sync('enrollments', ...ids(0, 40).map((id) => enrollment(`e-${id}`, id, 'c1')));
  await college.push();
  await college.sync('enrollments', ...ids(0, 40).map((id) => ({ id: `e-${id}`, Class: 'c2' })));
  await college.push();
  expect(await holds()).toEqual([]);
  await college.service.sync(
    'enrollments',
    { ids: ids(0, 40).map((id) => `e-${id}`), operation: 'delete' },
    { tenant: college.tenant },
  );
  await college.push();
  expect(await holds()).toMatchObject([{ kinds: { enrolment: 40 } }]);
  expect(college.made.enrolments.every(({ suspended: isSuspended }) => !isSuspended)).toBe(true);
});

it('the holds of another tenant are not there', async () => {
  await hundredStudents();
  await withdraw(...ids(0, 30));
  await college.push();
  const [hold] = await holds();
  college = push.next();
  expect(await holds()).toEqual([]);
  expect((await post(`/v1/admin/holds/${hold?.hold_id}/approve`, { note: 'x' })).status).toBe(404);
});
