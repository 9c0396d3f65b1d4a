import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Moodle } from './support/moodle/moodle';
import { Made } from './support/moodle/made';
import { answersStatus } from './support/moodle/faults';
import { addCourse, addGroup, addUser } from './support/moodle/seed';
import { TestService } from './support/app';
import { PushRound } from '../src/push/push-round';
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

describe('one thing in Moodle is one record’s', () => {
  it('when two programs have the short name of a course', async () => {
    const course = addCourse(college.moodle.site, { shortname: 'HND' });
    await college.sync('programs', program('p1', { Product_Code: 'HND' }), program('p2', { Product_Code: 'HND' }));
    await college.push();
    expect(await college.targets('course')).toMatchObject([
      { subject: 'program:p1', state: 'pushed', moodle_id: String(course.id) },
      { subject: 'program:p2', state: 'failed', reason: 'conflict' },
    ]);
  });

  it('when two classes have the name of a group', async () => {
    await college.sync('programs', program('p1'));
    await college.push();
    const courseid = college.made.courses[0]?.id ?? 0;
    const group = addGroup(college.moodle.site, { courseid, name: 'Evening' });
    const evening = (id: string) => courseClass(id, { Class_Name: 'Evening' });
    await college.sync('classes', evening('c1'), evening('c2'));
    await college.push();
    expect(college.made.groups).toMatchObject([
      { id: group.id, name: 'Evening', idnumber: 'c1' },
      { name: 'Evening (c2)', idnumber: 'c2' },
    ]);
  });
});

it('a class that takes the name of somebody’s own group has its number beside it', async () => {
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'));
  await college.push();
  addGroup(college.moodle.site, { courseid: college.made.courses[0]?.id ?? 0, name: 'Own' });
  await college.sync('classes', courseClass('c1', { Class_Name: 'Own' }));
  await college.push();
  expect(college.made.groups.map(({ name }) => name)).toEqual(['Own (c1)', 'Own']);
  expect(await college.unpushed()).toEqual([]);
});

describe('what another record gives up in the same push', () => {
  it('an address may be taken at once, in whatever order they are sent', async () => {
    await college.sync('students', student('s1'), student('s2'));
    await college.push();
    await college.sync('students', student('s2', { Academic_Email: 'new@college.example' }));
    await college.sync('students', student('s1', { Academic_Email: 's2@college.example' }));
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    expect(college.made.user('s1')).toMatchObject({ username: 's2@college.example' });
  });

  it('a short name may be taken at once', async () => {
    await college.sync('programs', program('p1', { Product_Code: 'A' }), program('p2', { Product_Code: 'B' }));
    await college.push();
    await college.sync('programs', program('p1', { Product_Code: 'B' }), program('p2', { Product_Code: 'C' }));
    await college.push();
    expect(college.made.courses.map(({ shortname }) => shortname)).toEqual(['B', 'C']);
    expect(await college.unpushed()).toEqual([]);
  });
});

describe('names', () => {
  it('lose what Moodle would take for tags, and no character is cut in two', async () => {
    const long = `${'x'.repeat(252)}😀😀😀`;
    await college.sync('programs', program('p1', { Product_Name: 'Maths <2 & <b>more</b>' }));
    await college.sync('programs', program('p2', { Product_Name: '<>', Product_Code: 'P2' }));
    await college.sync('programs', program('p3', { Product_Name: long, Product_Code: 'P3' }));
    await college.push();
    expect(await college.unpushed()).toEqual([]);
    expect(college.made.courses.map(({ fullname }) => fullname)).toEqual([
      'Maths 2 & b more /b',
      'p2',
      `${'x'.repeat(252)}😀😀`,
    ]);
  });
});

describe('dates of a course', () => {
  it('are those of Moodle where Zoho knows of none', async () => {
    const course = addCourse(college.moodle.site, { shortname: 'P1', startdate: 86_400 });
    await college.sync('programs', program('p1', { Product_Code: 'P1' }));
    await college.push();
    expect(college.made.courses).toMatchObject([{ idnumber: 'p1', startdate: 86_400, enddate: course.enddate }]);
  });

  it('have no end without a start, which Moodle refuses', async () => {
    await college.profile({ moodle: { layout: 'class-course' } });
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1', { End_Date: '2026-05-29' }));
    await college.push();
    expect(college.made.courses).toMatchObject([{ startdate: 0, enddate: 0 }]);
  });
});

describe('a section', () => {
  it('of which a part was changed is not taken for unchanged when the change is taken back', async () => {
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.push();
    college.moodle.fail(answersStatus(503), { of: 'core_update_inplace_editable' });
    await college.sync('classes', courseClass('c1', { Class_Name: 'New', Class_Status: 'Inactive' }));
    await college.push();
    await college.sync('classes', courseClass('c1', { Class_Status: 'Active' }));
    await college.settle();
    expect(college.made.courses[0]?.sections[1]).toMatchObject({ name: 'Class c1', visible: true });
  });

  it('is not made for a class that has left before it could be', async () => {
    await college.sync('programs', program('p1'), program('p2', { Product_Name: 'HNC' }));
    college.moodle.fail(answersStatus(503), { of: 'core_courseformat_update_course' });
    await college.sync('classes', courseClass('c1'));
    await college.push();
    await college.sync('classes', courseClass('c1', { BTEC_Program: 'p2' }));
    await college.settle();
    expect(college.made.courses.map(({ sections }) => sections.map(({ name }) => name))).toEqual([
      ['General'],
      ['General', 'Class c1'],
    ]);
  });
});

it('another Moodle at another address is filled from the start, and nobody there is taken for another', async () => {
  await college.sync('students', student('s1'), student('s2'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  await college.push();
  const other = await Moodle.start();
  const strangers = Array.from({ length: 3 }, (_none, n) => addUser(other.site, { username: `dean${n}` }));
  other.site.users.startAt(college.made.user('s1')?.id ?? 0);
  const dean = addUser(other.site, { username: 'dean' });
  const file = join(push.folder, 'moved.json');
  await writeFile(file, JSON.stringify({ [college.tenant]: { baseUrl: other.url, token: other.token } }));
  const moved = await TestService.start({ MOODLE_ENABLED: 'true', MOODLE_SITES_FILE: file });
  try {
    await college.sync('students', student('s1', { First_Name: 'Omar', Last_Name: 'Q' }));
    await moved.app.get(PushRound).run(college.tenant, new AbortController().signal);
    const made = new Made(other.site);
    expect([...strangers, dean].map(({ id }) => other.site.users.get(id))).toEqual([...strangers, dean]);
    expect(made.users.map(({ idnumber }) => idnumber).filter(Boolean)).toEqual(['s1', 's2']);
    expect(made.isMember('s1', 'c1')).toBe(true);
    expect(await college.unpushed()).toEqual([]);
  } finally {
    await moved.close();
    await other.stop();
  }
});
