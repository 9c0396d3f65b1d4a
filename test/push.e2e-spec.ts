import { addUser } from './support/moodle/seed';
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

const userOf = (idnumber: string) => college.made.user(idnumber);
const isMember = (person: string, group: string): boolean => college.made.isMember(person, group);
const enrolmentOf = (person: string, course?: string) => college.made.enrolment(person, course);

/** Two students in class c1, and class c2 beside it. */
async function twoStudents(): Promise<void> {
  await college.sync('students', student('s1'), student('s2'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'), enrollment('e2', 's2', 'c1'));
  await college.push();
}

describe('in the layout program-course', () => {
  it('everything arrives: users, course, section, group, enrolment and membership', async () => {
    await college.sync('students', student('s1'), student('s2', { First_Name: 'Ada', Last_Name: 'Lovelace' }));
    await college.sync('programs', program('p1', { Product_Code: 'HND-C' }));
    await college.sync('classes', courseClass('c1'), courseClass('c2'));
    await college.sync(
      'enrollments',
      enrollment('e1', 's1', 'c1', { Start_Date: '2026-02-02', End_Date: '2026-06-05' }),
    );
    await college.sync('enrollments', enrollment('e2', 's2', 'c2'));
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    const { users, courses, groups, enrolments } = college.made;
    expect(users).toMatchObject([
      {
        username: 's1@college.example',
        email: 's1@College.example',
        firstname: 'Omar',
        lastname: 'Kaya',
        idnumber: 's1',
      },
      { username: 's2@college.example', firstname: 'Ada', lastname: 'Lovelace', idnumber: 's2' },
    ]);
    expect(courses).toMatchObject([
      { fullname: 'HND in Computing', shortname: 'HND-C', idnumber: 'p1', format: 'topics', visible: 1 },
    ]);
    const [course] = courses;
    expect(course?.sections.map(({ name }) => name)).toEqual(['General', 'Class c1', 'Class c2']);
    expect(groups).toMatchObject([
      { name: 'Class c1', idnumber: 'c1', courseid: course?.id, members: ['s1'] },
      { name: 'Class c2', idnumber: 'c2', courseid: course?.id, members: ['s2'] },
    ]);
    const inCourse = { course: 'p1', roles: [5], suspended: false };
    expect(enrolments).toMatchObject([
      { person: 's1', ...inCourse, timestart: Date.UTC(2026, 1, 2) / 1_000, timeend: Date.UTC(2026, 5, 6) / 1_000 },
      { person: 's2', ...inCourse, timestart: 0, timeend: 0 },
    ]);
  });

  it('a second resend makes no call that changes anything', async () => {
    await twoStudents();
    const since = college.moodle.calls.length;
    await college.sync('students', student('s1'), student('s2'));
    await college.sync('classes', courseClass('c1'), courseClass('c2'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c1'), enrollment('e2', 's2', 'c1'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c1', { Enrollment_Type: 'Resit' }));
    await college.push();
    expect(college.called(since)).toEqual([]);
  });

  it('ten updates are one push', async () => {
    await twoStudents();
    const since = college.moodle.calls.length;
    for (let n = 0; n < 10; n += 1)
      await college.sync('students', { id: 's1', Last_Name: `Name ${n}`, First_Name: 'A' });
    await college.push();
    expect(college.called(since)).toEqual(['core_user_update_users']);
    expect(userOf('s1')).toMatchObject({ lastname: 'Name 9' });
  });

  it('a change of class moves the membership, and touches the enrolment not at all', async () => {
    await twoStudents();
    const since = college.moodle.calls.length;
    await college.sync('enrollments', { id: 'e1', Class: 'c2' });
    await college.push();
    expect(college.called(since)).toEqual(['core_group_delete_group_members', 'core_group_add_group_members']);
    expect([isMember('s1', 'c1'), isMember('s1', 'c2'), isMember('s2', 'c1')]).toEqual([false, true, true]);
    expect(enrolmentOf('s1')).toMatchObject({ suspended: false });
  });

  it('the end of one of two enrollments suspends nobody; the end of the last one does, and a return undoes it', async () => {
    await twoStudents();
    await college.sync('enrollments', enrollment('e3', 's1', 'c2'));
    await college.sync('enrollments', { id: 'e1', Status: 'Withdrawn' });
    await college.push();
    expect(enrolmentOf('s1')).toMatchObject({ suspended: false });
    expect([isMember('s1', 'c1'), isMember('s1', 'c2')]).toEqual([false, true]);
    await college.remove('enrollments', 'e3');
    await college.push();
    expect(enrolmentOf('s1')).toMatchObject({ suspended: true });
    expect(enrolmentOf('s2')).toMatchObject({ suspended: false });
    await college.sync('enrollments', { id: 'e1', Status: 'Active' });
    await college.push();
    expect(enrolmentOf('s1')).toMatchObject({ suspended: false });
    expect(isMember('s1', 'c1')).toBe(true);
  });

  it('an enrolment lasts from the earliest start to the latest end, and is open when one is open', async () => {
    await twoStudents();
    const dates = (Start_Date: string, End_Date: string | null) => ({ Start_Date, End_Date });
    await college.sync('enrollments', { id: 'e1', ...dates('2026-02-02', '2026-03-01') });
    await college.sync('enrollments', enrollment('e3', 's1', 'c2', dates('2026-01-05', '2026-04-01')));
    await college.push();
    const seconds = (month: number, day: number) => Date.UTC(2026, month - 1, day) / 1_000;
    expect(enrolmentOf('s1')).toMatchObject({ timestart: seconds(1, 5), timeend: seconds(4, 2) });
    await college.sync('enrollments', { id: 'e1', End_Date: null });
    await college.push();
    expect(enrolmentOf('s1')).toMatchObject({ timestart: seconds(1, 5), timeend: 0 });
  });

  it.each([
    ['suspend', { suspended: true }],
    ['keep', { suspended: false }],
    ['unenrol', undefined],
  ])('the drop policy %s decides about an enrolment whose last enrollment has ended', async (dropPolicy, expected) => {
    await college.profile({ moodle: { dropPolicy } });
    await twoStudents();
    await college.sync('enrollments', { id: 'e1', Status: 'Withdrawn' });
    await college.push();
    if (expected) expect(enrolmentOf('s1')).toMatchObject(expected);
    else expect(enrolmentOf('s1')).toBeUndefined();
    await college.sync('enrollments', { id: 'e1', Status: 'Active' });
    await college.push();
    expect(enrolmentOf('s1')).toMatchObject({ suspended: false });
    expect(isMember('s1', 'c1')).toBe(true);
  });

  it('a class that moves to another program takes its students along', async () => {
    await twoStudents();
    await college.sync('programs', program('p2', { Product_Name: 'BSc' }));
    await college.sync('classes', { id: 'c1', BTEC_Program: 'p2' });
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    const { courses, enrolments } = college.made;
    const [first, second] = courses;
    expect(enrolments).toMatchObject([
      { person: 's1', course: 'p1', suspended: true },
      { person: 's2', course: 'p1', suspended: true },
      { person: 's1', course: 'p2', suspended: false },
      { person: 's2', course: 'p2', suspended: false },
    ]);
    expect(first?.sections.map(({ name, visible }) => [name, visible])).toEqual([
      ['General', true],
      ['Class c1', false],
      ['Class c2', true],
    ]);
    expect(second?.sections.map(({ name }) => name)).toEqual(['General', 'Class c1']);
  });

  it('a class without a program is told, and pushed when it has one', async () => {
    await college.sync('programs', program('p1'));
    await college.sync('classes', { id: 'c1', Class_Name: 'Class' });
    await college.push();
    expect(await college.targets('section')).toMatchObject([
      {
        subject: 'class:c1',
        state: 'failed',
        reason: 'no_program',
        message: expect.stringMatching(/no program/) as string,
      },
    ]);
    await college.sync('classes', { id: 'c1', BTEC_Program: 'p1' });
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    expect(college.made.groups).toMatchObject([{ idnumber: 'c1' }]);
  });

  it('the teacher of a class is enrolled with the teacher’s role, until another one is', async () => {
    await twoStudents();
    await college.sync('teachers', { id: 't1', Name: 'Dr. Elif Yildiz', Academic_Email: 'elif@c.example' });
    await college.sync('teachers', { id: 't2', Name: 'Can', Academic_Email: 'can@c.example' });
    await college.sync('classes', { id: 'c1', Teacher: { id: 't1', name: 'Dr. Elif Yildiz' } });
    await college.push();
    expect(userOf('t1')).toMatchObject({ firstname: 'Dr. Elif', lastname: 'Yildiz', username: 'elif@c.example' });
    expect(userOf('t2')).toBeUndefined();
    expect(enrolmentOf('t1')?.roles).toEqual([3]);
    await college.sync('classes', { id: 'c1', Teacher: { id: 't2', name: 'Can' } });
    await college.push();
    expect(userOf('t2')).toMatchObject({ firstname: 'Can', lastname: 'Can' });
    expect([enrolmentOf('t1')?.suspended, enrolmentOf('t2')?.suspended]).toEqual([true, false]);
  });

  it('what is deleted is suspended or hidden, never deleted', async () => {
    await twoStudents();
    await college.remove('students', 's1');
    await college.remove('classes', 'c1');
    await college.remove('programs', 'p1');
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    const { users, courses } = college.made;
    expect(users.map(({ suspended }) => suspended)).toEqual([true, false]);
    expect(courses).toMatchObject([{ visible: 0 }]);
  });
});

describe('in the layout class-course', () => {
  beforeEach(() => college.profile({ moodle: { layout: 'class-course' } }));

  it('a program is a category, a class a course, an enrollment an enrolment', async () => {
    await twoStudents();
    await college.sync('classes', { id: 'c2', Class_Short_Name: 'C-2', Start_Date: '2026-02-02', Status: 'Cancelled' });
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    const { categories, courses, enrolments, groups } = college.made;
    const [category] = categories;
    expect(categories).toMatchObject([{ idnumber: 'p1', name: 'HND in Computing', parent: 1 }]);
    expect(courses).toMatchObject([
      { idnumber: 'c1', shortname: 'Class c1 (c1)', category: category?.id, visible: 1 },
      { idnumber: 'c2', shortname: 'C-2', startdate: Date.UTC(2026, 1, 2) / 1_000, visible: 0 },
    ]);
    expect(enrolments).toHaveLength(2);
    expect(groups).toEqual([]);
  });

  it('a change of class ends one enrolment and begins another', async () => {
    await twoStudents();
    await college.sync('enrollments', { id: 'e1', Class: 'c2' });
    await college.push();
    const isSuspended = ['c1', 'c2'].map((course) => enrolmentOf('s1', course)?.suspended);
    expect(isSuspended).toEqual([true, false]);
  });
});

describe('status words', () => {
  it('decide whether a student is active, suspended or not there yet', async () => {
    const words = { s1: 'Registered', s2: 'Freezed', s3: 'PENDING', s4: 'Whatever', s5: null };
    await college.sync('students', ...Object.entries(words).map(([id, Status]) => student(id, { Status })));
    await college.push();
    expect(college.made.users.map(({ idnumber }) => idnumber).toSorted()).toEqual(['s1', 's4', 's5']);
    await college.sync('students', { id: 's1', Status: 'withdraw' }, { id: 's3', Status: 'Active' });
    await college.push();
    expect([userOf('s1')?.suspended, userOf('s3')?.suspended]).toEqual([true, false]);
    await college.sync('students', { id: 's1', Status: 'Revive' });
    await college.push();
    expect(userOf('s1')?.suspended).toBe(false);
  });

  it('may be the tenant’s own, and a change of them is pushed', async () => {
    await college.sync('students', student('s1', { Status: 'Resting' }));
    await college.push();
    expect(userOf('s1')?.suspended).toBe(false);
    await college.profile({ entities: { students: { statuses: { suspended: ['resting'] } } } });
    await college.push();
    expect(userOf('s1')?.suspended).toBe(true);
  });
});

describe('a user that Moodle has already', () => {
  it.each([
    ['the ID number', { idnumber: 's1' }],
    ['the username', { username: 's1@college.example' }],
    ['the e-mail address, whatever its case', { email: 's1@college.EXAMPLE'.toLowerCase() }],
  ])('is adopted by %s', async (_by, known) => {
    const { id } = addUser(college.moodle.site, { username: 'old', ...known });
    await college.sync('students', student('s1'));
    await college.push();
    const adopted = { id, idnumber: 's1', firstname: 'Omar', username: 's1@college.example' };
    expect(college.made.users).toMatchObject([adopted]);
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed', moodle_id: String(id) }]);
  });

  it.each([
    ['two have its ID number', [{ idnumber: 's1' }, { idnumber: 's1' }]],
    [
      'one has its username and another its address',
      [{ username: 's1@college.example' }, { email: 's1@college.example' }],
    ],
    ['its username belongs to another ID number', [{ username: 's1@college.example', idnumber: 'someone' }]],
  ])('is a conflict for a person, when %s', async (_why, users) => {
    for (const [at, user] of users.entries()) addUser(college.moodle.site, { username: `old${at}`, ...user });
    const before = college.made.users;
    await college.sync('students', student('s1'), student('s2'));
    await college.push();
    expect(await college.targets('user')).toMatchObject([
      {
        subject: 'student:s1',
        state: 'failed',
        reason: 'conflict',
        message: expect.stringMatching(/Users \d+/) as string,
      },
      { subject: 'student:s2', state: 'pushed' },
    ]);
    expect(college.made.users.slice(0, users.length)).toEqual(before);
  });

  it('follows a change of name and address', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    await college.sync('students', { id: 's1', Academic_Email: 'new@c.example', First_Name: 'A', Last_Name: 'B' });
    await college.push();
    expect(college.made.users).toMatchObject([
      { username: 'new@c.example', email: 'new@c.example', firstname: 'A', lastname: 'B' },
    ]);
  });
});
