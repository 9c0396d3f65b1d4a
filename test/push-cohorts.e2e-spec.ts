import { resetsAfterWork, resetsBeforeWork, worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
beforeAll(async () => {
  push = await PushService.start(40);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

const registration = (id: string, person: string, of = 'p1', rest: object = {}) => ({
  id,
  Student_ID: person,
  Program: of,
  ...rest,
});
const cohorts = () => college.moodle.site.cohorts.all().map(({ idnumber, name }) => [idnumber, name]);
/** ID numbers: of the cohort, and of the person. */
const members = () => {
  const { site } = college.moodle;
  const nameOf = (cohort: number, user: number) =>
    `${site.cohorts.get(cohort)?.idnumber} ${site.users.get(user)?.idnumber}`;
  return site.cohortMembers
    .all()
    .map(({ cohortid, userid }) => nameOf(cohortid, userid))
    .toSorted();
};

async function twoRegistered(profile: object = { cohorts: true }): Promise<void> {
  await college.profile({ moodle: profile });
  await college.sync('students', student('s1'), student('s2'));
  await college.sync('programs', program('p1'), program('p2', { Product_Name: 'HNC' }));
  await college.sync('registrations', registration('r1', 's1'), registration('r2', 's2'));
  await college.push();
}

it('a program that has registrations becomes a cohort, with the students as its members', async () => {
  await twoRegistered();
  expect(cohorts()).toEqual([['p1', 'HND in Computing']]);
  expect(members()).toEqual(['p1 s1', 'p1 s2']);
  expect(await college.unpushed()).toEqual([]);
});

it('nothing of it happens unless the profile asks for it; then what is stored already is pushed', async () => {
  await twoRegistered({});
  expect([cohorts(), college.called().filter((name) => name.startsWith('core_cohort'))]).toEqual([[], []]);
  await college.profile({ moodle: { cohorts: true } });
  await college.push();
  expect(members()).toHaveLength(2);
  await college.profile({ moodle: {} });
  await college.sync('registrations', registration('r1', 's1', 'p1', { Registration_Status: 'Withdrawn' }));
  await college.push();
  expect(members()).toHaveLength(2);
});

it('a full resend makes no call', async () => {
  await twoRegistered();
  const since = college.moodle.calls.length;
  await college.sync('students', student('s1'), student('s2'));
  await college.sync('programs', program('p1'));
  await college.sync('registrations', registration('r1', 's1', 'p1', { Study_Mode: 'Online' }));
  await college.push();
  expect(college.called(since)).toEqual([]);
});

it('one stays a member while any registration is active, leaves with the last one, and comes back', async () => {
  await twoRegistered();
  await college.sync('registrations', registration('r3', 's1'));
  await college.sync('registrations', registration('r1', 's1', 'p1', { Registration_Status: 'Withdrawn' }));
  await college.push();
  expect(members()).toHaveLength(2);
  await college.remove('registrations', 'r3');
  await college.push();
  expect(members()).toEqual(['p1 s2']);
  await college.sync('registrations', registration('r1', 's1', 'p1', { Registration_Status: 'Active' }));
  await college.push();
  expect(members()).toHaveLength(2);
});

it.each(['End', 'inactive', 'CANCELLED', 'Withdrawn', 'Completed', 'Pending', 'Draft'])(
  'a registration with the status %s makes no member',
  async (status) => {
    await college.profile({ moodle: { cohorts: true } });
    await college.sync('students', student('s1'));
    await college.sync('programs', program('p1'));
    await college.sync('registrations', registration('r1', 's1', 'p1', { Registration_Status: status }));
    await college.push();
    expect([cohorts(), members()]).toEqual([[], []]);
    await college.sync('registrations', registration('r1', 's1', 'p1', { Registration_Status: 'Approved' }));
    await college.push();
    expect(members()).toEqual(['p1 s1']);
  },
);

it('a program that Moodle is not to know yet becomes a cohort when it is', async () => {
  await college.profile({ moodle: { cohorts: true } });
  await college.sync('students', student('s1'));
  await college.sync('programs', program('p1', { Status: 'Draft' }));
  await college.sync('registrations', registration('r1', 's1'));
  await college.push();
  expect(cohorts()).toEqual([]);
  expect(await college.targets('cohort_membership')).toMatchObject([{ state: 'waiting', reason: 'no_cohort' }]);
  await college.sync('programs', program('p1', { Status: 'Active' }));
  await college.push();
  expect(members()).toEqual(['p1 s1']);
  await college.sync('programs', program('p1', { Status: 'Draft', Product_Name: 'Computing' }));
  await college.push();
  expect(cohorts()).toEqual([['p1', 'HND in Computing']]);
});

it('a row that is read tells how its cohort, or its membership, stands', async () => {
  await twoRegistered();
  await college.sync('classes', courseClass('c1'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  await college.push();
  const moodle = async (path: string) =>
    (await college.service.get<{ moodle: object }>(`/v1/${path}`, college.tenant)).body.moodle;
  const [cohort] = college.moodle.site.cohorts.all();
  expect(await moodle('programs/p1')).toMatchObject({ cohort: { moodle_id: cohort?.id, state: 'pushed' } });
  expect(await moodle('registrations/r1')).toEqual({
    cohort_membership: expect.objectContaining({ state: 'pushed' }) as object,
  });
  expect(Object.keys(await moodle('students/s1'))).toEqual(['user']);
});

it('a registration that moves to another program moves the membership', async () => {
  await twoRegistered();
  await college.sync('registrations', registration('r1', 's1', 'p2'));
  await college.push();
  expect(members()).toEqual(['p1 s2', 'p2 s1']);
});

it('the drop policy keep leaves who has been a member', async () => {
  await twoRegistered({ cohorts: true, dropPolicy: 'keep' });
  await college.remove('registrations', 'r1');
  await college.push();
  expect(members()).toHaveLength(2);
  expect(await college.unpushed()).toEqual([]);
});

it('a renamed program renames its cohort', async () => {
  await twoRegistered();
  await college.sync('programs', program('p1', { Product_Name: 'Computing' }));
  await college.push();
  expect(cohorts()).toEqual([['p1', 'Computing']]);
});

describe('a cohort that is there already', () => {
  const add = (idnumber: string, name: string, category = 0) =>
    college.moodle.site.cohorts.insert({
      idnumber,
      name,
      description: '',
      descriptionformat: 1,
      visible: true,
      category,
    });

  it('is adopted by its ID number, among 300 that hold it as a part', async () => {
    for (let n = 0; n < 300; n += 1) add(`p1${n}`, `Cohort ${n}`);
    const { id } = add('p1', 'Old');
    await twoRegistered();
    expect(college.moodle.site.cohorts.get(id)?.name).toBe('HND in Computing');
    expect(college.moodle.site.cohorts.all()).toHaveLength(301);
  });

  it('is adopted by its name when nobody has claimed it', async () => {
    const { id } = add('', 'HND in Computing');
    await twoRegistered();
    expect(college.moodle.site.cohorts.all()).toMatchObject([{ id, idnumber: 'p1' }]);
  });

  it('is adopted by a name that Moodle spells as in a page', async () => {
    const { id } = add('', 'Arts & Media');
    await college.sync('programs', program('p3', { Product_Name: 'Arts & Media' }));
    await college.sync('students', student('s3'));
    await college.sync('registrations', registration('r3', 's3', 'p3'));
    await twoRegistered();
    expect(college.moodle.site.cohorts.get(id)).toMatchObject({ idnumber: 'p3', name: 'Arts & Media' });
  });

  it('is not taken from a category because of its name', async () => {
    const { id } = add('', 'HND in Computing', 1);
    await twoRegistered();
    expect(college.moodle.site.cohorts.get(id)).toMatchObject({ idnumber: '', category: 1 });
    expect(members()).toEqual(['p1 s1', 'p1 s2']);
  });

  it('is a conflict for a person when several could be it', async () => {
    add('', 'HND in Computing');
    add('', 'HND in Computing');
    await twoRegistered();
    expect(await college.targets('cohort')).toMatchObject([{ state: 'failed', reason: 'conflict' }]);
    expect(await college.targets('cohort_membership')).toMatchObject([
      { state: 'waiting', reason: 'no_cohort' },
      { state: 'waiting' },
    ]);
  });
});

it('a member whom Moodle has no longer spoils no other', async () => {
  await college.profile({ moodle: { cohorts: true } });
  const ids = Array.from({ length: 9 }, (_none, n) => `s${n}`);
  await college.sync('students', ...ids.map((id) => student(id)));
  await college.sync('programs', program('p1'));
  await college.push();
  college.moodle.site.users.change(college.made.user('s4')?.id ?? 0, { deleted: true });
  await college.sync('registrations', ...ids.map((id) => registration(`r${id}`, id)));
  await college.push();
  expect(members()).toHaveLength(8);
  expect(await college.unpushed()).toMatchObject([
    { subject: 'student:s4', state: 'failed', reason: 'cohort_or_user_missing' },
  ]);
});

describe.each([
  ['carried out, then the connection is cut', resetsAfterWork],
  ['the connection is cut before', resetsBeforeWork],
])('%s', (_when, fault) => {
  it.each(['core_cohort_create_cohorts', 'core_cohort_add_cohort_members'])('%s makes nothing twice', async (name) => {
    college.moodle.fail(fault(), { of: name });
    await twoRegistered();
    expect(await college.unpushed()).not.toEqual([]);
    await college.settle();
    expect([cohorts(), members().length]).toEqual([[['p1', 'HND in Computing']], 2]);
    expect(await college.unpushed()).toEqual([]);
  });

  it.each(['core_cohort_update_cohorts', 'core_cohort_delete_cohort_members'])(
    '%s is done all the same',
    async (name) => {
      await twoRegistered();
      college.moodle.fail(fault(), { of: name });
      await college.sync('programs', program('p1', { Product_Name: 'Computing' }));
      await college.remove('registrations', 'r1');
      await college.push();
      expect(await college.unpushed()).not.toEqual([]);
      await college.settle();
      expect([cohorts(), members()]).toEqual([[['p1', 'Computing']], ['p1 s2']]);
      expect(await college.unpushed()).toEqual([]);
    },
  );
});

it('a cohort that is made after we gave up is looked up, and looked up again, before another is made', async () => {
  const CREATE = 'core_cohort_create_cohorts';
  const gate = new Gate();
  college.moodle.fail(worksAfter(gate), { of: CREATE });
  await twoRegistered();
  expect(await college.targets('cohort')).toMatchObject([{ state: 'retrying', reason: 'timeout', is_doubtful: true }]);
  await college.query(`UPDATE push_target SET next_try_at = clock_timestamp() WHERE tenant_id = $1`, [college.tenant]);
  await college.push();
  expect(await college.targets('cohort')).toMatchObject([{ state: 'retrying', reason: 'in_doubt' }]);
  gate.open();
  await college.moodle.idle();
  await college.settle();
  expect(college.called().filter((name) => name === CREATE)).toHaveLength(1);
  expect([cohorts().length, members().length]).toEqual([1, 2]);
  expect(await college.unpushed()).toEqual([]);
});
