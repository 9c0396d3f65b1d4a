import { ask } from './support/moodle/ask';
import { resetsAfterWork } from './support/moodle/faults';
import { addCourse, addUser } from './support/moodle/seed';
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

async function oneStudent(): Promise<void> {
  await college.sync('students', student('s1'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  await college.push();
}

async function retry(kind: string): Promise<void> {
  const path = (rest: string) => `/v1/admin/pushes${rest}`;
  const headers = { 'X-Tenant-ID': college.tenant };
  const { body } = await college.service.send<{ data: { push_id: string; kind: string }[] }>('GET', path(''), {
    headers,
  });
  for (const { push_id } of body.data.filter((one) => one.kind === kind))
    await college.service.send('POST', path(`/${push_id}/retry`), { headers });
}

const expectAllThere = () => {
  const { users, courses, groups, enrolments } = college.made;
  expect(users.map(({ idnumber }) => idnumber)).toEqual(['s1']);
  expect(courses.map(({ idnumber, sections }) => [idnumber, ...sections.map(({ name }) => name)])).toEqual([
    ['p1', 'General', 'Class c1'],
  ]);
  expect(groups.map(({ idnumber, members }) => [idnumber, members])).toEqual([['c1', ['s1']]]);
  expect(enrolments).toMatchObject([{ person: 's1', course: 'p1', suspended: false }]);
  expect(college.moodle.duplicates()).toEqual([]);
};

describe('what somebody has deleted in Moodle', () => {
  it('a section comes again when its class changes', async () => {
    await oneStudent();
    const [course] = college.made.courses;
    college.moodle.site.sections.remove(course?.sections[1]?.id ?? 0);
    await college.sync('classes', courseClass('c1', { Class_Name: 'New name' }));
    await college.push();
    expect(college.made.courses[0]?.sections.map(({ name }) => name)).toEqual(['General', 'New name']);
    expect(await college.unpushed()).toEqual([]);
  });

  it('nothing is made for a section whose class has gone as well', async () => {
    await oneStudent();
    const [course] = college.made.courses;
    college.moodle.site.sections.remove(course?.sections[1]?.id ?? 0);
    await college.remove('classes', 'c1');
    await college.push();
    expect(college.made.courses[0]?.sections.map(({ name }) => name)).toEqual(['General']);
    expect((await college.targets('section')).map(({ state }) => state)).toEqual(['pushed']);
  });

  it('a course is told of, and comes again with all that was in it when it is retried', async () => {
    await oneStudent();
    await ask(college.moodle, 'core_course_delete_courses', { courseids: [college.made.courses[0]?.id ?? 0] });
    await college.sync('programs', program('p1', { Product_Name: 'HND' }));
    await college.push();
    expect(await college.targets('course')).toMatchObject([
      { state: 'failed', message: expect.stringMatching(/deleted there. A retry/) as string },
    ]);
    await retry('course');
    await college.settle();
    expectAllThere();
    expect(await college.unpushed()).toEqual([]);
  });

  it('a user is told of, and comes again with the enrolments when all of the kind are retried', async () => {
    await oneStudent();
    await ask(college.moodle, 'core_user_delete_users', { userids: [college.made.user('s1')?.id ?? 0] });
    await college.sync('students', student('s1', { First_Name: 'New', Last_Name: 'Name' }));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'failed', reason: 'usernotupdateddeleted' }]);
    await college.service.send('POST', '/v1/admin/pushes/retry?reason=usernotupdateddeleted', {
      headers: { 'X-Tenant-ID': college.tenant },
    });
    await college.settle();
    expectAllThere();
    expect(await college.unpushed()).toEqual([]);
  });

  it('an enrolment comes again when it is retried; the membership says what to do', async () => {
    await oneStudent();
    const courseid = college.made.courses[0]?.id ?? 0;
    const userid = college.made.user('s1')?.id ?? 0;
    await ask(college.moodle, 'enrol_manual_unenrol_users', { enrolments: [{ userid, courseid }] });
    await college.sync('classes', courseClass('c2'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c2'));
    await college.push();
    expect(await college.unpushed()).toMatchObject([
      { kind: 'membership', state: 'failed', message: expect.stringMatching(/Retry the push of both/) as string },
    ]);
    await retry('enrolment');
    await college.push();
    await retry('membership');
    await college.push();
    expect(college.made.isMember('s1', 'c2')).toBe(true);
    expect(await college.unpushed()).toEqual([]);
  });
});

describe('a section that is hidden from the service itself', () => {
  const isHiding = ({ params }: { params: Readonly<Record<string, unknown>> }) => params['action'] === 'section_hide';

  it('is not made twice when the call that hides it is lost', async () => {
    college.moodle.fail(resetsAfterWork(), { of: isHiding });
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1', { Class_Status: 'Cancelled' }));
    await college.push();
    await college.settle();
    expect(college.made.courses[0]?.sections).toMatchObject([
      { name: 'General' },
      { name: 'Class c1', visible: false },
    ]);
  });

  it('is taken by no other class of the same name meanwhile', async () => {
    college.moodle.fail(resetsAfterWork(), { of: isHiding });
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1', { Class_Name: 'Maths', Class_Status: 'Cancelled' }));
    await college.push();
    college.moodle.giveCapability('moodle/course:viewhiddensections');
    await college.sync('classes', courseClass('c2', { Class_Name: 'Maths' }));
    await college.push();
    await college.settle();
    expect(college.made.courses[0]?.sections).toMatchObject([
      { name: 'General' },
      { name: 'Maths', visible: false },
      { name: 'Maths', visible: true },
    ]);
  });
});

describe('Zoho’s own Moodle id is a hint', () => {
  const OMAR = { firstname: 'Omar', lastname: 'Kaya' };
  const withHint = (id: number) => student('s1', { Student_Moodle_ID: String(id) });

  it('that finds the user of the same name whom nobody has claimed', async () => {
    const user = addUser(college.moodle.site, { username: 'okaya', ...OMAR });
    await college.sync('students', withHint(user.id));
    await college.push();
    expect(college.made.users).toMatchObject([{ id: user.id, idnumber: 's1', username: 's1@college.example' }]);
  });

  it.each([
    ['bears another name', { firstname: 'Somebody', lastname: 'Else' }],
    ['belongs to another record', { ...OMAR, idnumber: 's9' }],
    ['was deleted', { ...OMAR, deleted: true, email: 'e0af5865757b3f2a82967f6177aae43d' }],
  ])('that is not believed when the user %s', async (_what, known) => {
    const user = addUser(college.moodle.site, { username: 'okaya', ...known });
    await college.sync('students', withHint(user.id));
    await college.push();
    expect(college.moodle.site.users.get(user.id)).toEqual(user);
    expect(college.made.user('s1')?.id).toBeGreaterThan(user.id);
  });

  it('that decides between two users of one address', async () => {
    const email = 's1@College.example';
    const [, right] = ['a', 'b'].map((username) => addUser(college.moodle.site, { username, email }));
    await college.sync('students', withHint(right?.id ?? 0));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed', moodle_id: String(right?.id) }]);
    expect(college.made.user('s1')).toMatchObject({ id: right?.id, username: 's1@college.example' });
  });

  it('that does not decide when one user has the username and another the address', async () => {
    addUser(college.moodle.site, { username: 's1@college.example' });
    const hinted = addUser(college.moodle.site, { username: 'okaya', email: 's1@College.example' });
    await college.sync('students', withHint(hinted.id));
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'failed', reason: 'conflict' }]);
  });

  it('that two records cannot both have', async () => {
    const user = addUser(college.moodle.site, { username: 'okaya', ...OMAR });
    await college.sync('students', withHint(user.id), student('s2', { Student_Moodle_ID: String(user.id) }));
    await college.push();
    expect(await college.targets('user')).toMatchObject([
      { subject: 'student:s1', state: 'pushed', moodle_id: String(user.id) },
      {
        subject: 'student:s2',
        state: 'failed',
        reason: 'conflict',
        message: expect.stringContaining(`${user.id}`) as string,
      },
    ]);
  });

  it('that finds a course of the same name, and no other', async () => {
    const [right, wrong] = ['HND in Computing', 'Something else'].map((fullname) =>
      addCourse(college.moodle.site, { shortname: fullname, fullname }),
    );
    await college.sync('programs', program('p1', { MoodleID: String(right?.id) }));
    await college.sync('programs', program('p2', { Product_Name: 'New', MoodleID: String(wrong?.id) }));
    await college.push();
    const idnumbers = college.made.courses.map(({ id, idnumber }) => [id, idnumber]);
    expect(idnumbers.slice(0, 2)).toEqual([
      [right?.id, 'p1'],
      [wrong?.id, ''],
    ]);
    expect(idnumbers.slice(2).map(([, idnumber]) => idnumber)).toEqual(['p2']);
  });
});
