import { answersJson } from './support/moodle/faults';
import { addActivity } from './support/moodle/seed';
import { type College, courseClass, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
let activityId: number;
beforeAll(async () => {
  push = await PushService.start(20);
});
beforeEach(async () => {
  college = push.next();
  await college.sync('programs', program('p1'));
  await college.push();
  const course = courseId();
  activityId = addActivity(college.moodle.site, { course, modname: 'assign', name: 'Essay', grademax: 20 }).id;
  await college.sync('units', { id: 'u1', Name: 'Unit 1' }, { id: 'u2', Name: 'Unit 2' });
  await college.sync('students', student('s1'), student('s2'));
});
afterAll(() => push.close());

const courseId = (): number => college.made.courses[0]?.id ?? 0;
const activity = (rest: object = {}) => ({ unit: 'u1', courseId: courseId(), activityId, maximum: 20, ...rest });
const names = (...grades: object[]) => college.profile({ moodle: { grades } });
const grade = (id: string, rest: object = {}) => ({ id, Student: 's1', Unit: 'u1', Score: 80, ...rest });
/** What Moodle has, by the person's ID number. */
const graded = () =>
  college.moodle.site.grades
    .all()
    .map(({ userid, rawgrade, feedback }) => [college.moodle.site.users.get(userid)?.idnumber, rawgrade, feedback])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
const targets = () => college.targets('grade');

it('a score goes into the activity that the profile names, in its points, with the feedback', async () => {
  await names(activity());
  await college.sync('grades', grade('g1', { Feedback: 'Clear' }), grade('g2', { Student: 's2', Score: 50 }));
  await college.push();
  expect(graded()).toEqual([
    ['s1', 16, 'Clear'],
    ['s2', 10, ''],
  ]);
  const calls = college.moodle.calls.filter(({ wsfunction }) => wsfunction === 'core_grades_update_grades');
  expect(calls).toHaveLength(1);
  expect((await targets()).map(({ state }) => state)).toEqual(['pushed', 'pushed']);
});

it('nothing is sent for a unit without an activity, until the profile names one', async () => {
  await college.sync('grades', grade('g1'));
  await names(activity({ unit: 'u2' }));
  await college.push();
  expect([graded(), await targets()]).toEqual([[], []]);
  await names(activity());
  await college.push();
  expect(graded()).toEqual([['s1', 16, '']]);
});

it('the latest attempt counts, however they come', async () => {
  await names(activity());
  const first = { Attempt_Number: 1, Score: 80 };
  const second = { Attempt_Number: 2, Score: 60 };
  await college.sync('grades', grade('g1', first), grade('g2', second));
  await college.sync('grades', grade('g3', { ...second, Student: 's2' }), grade('g4', { ...first, Student: 's2' }));
  await college.push();
  expect(graded()).toEqual([
    ['s1', 12, ''],
    ['s2', 12, ''],
  ]);
  await college.remove('grades', 'g2', 'g3');
  await college.push();
  expect(graded().map(([, points]) => points)).toEqual([16, 16]);
});

it('what Zoho takes back altogether stays in Moodle', async () => {
  await names(activity());
  await college.sync('grades', grade('g1'));
  await college.push();
  const since = college.moodle.calls.length;
  await college.remove('grades', 'g1');
  await college.push();
  expect([graded(), college.called(since)]).toEqual([[['s1', 16, '']], []]);
});

it('a grade without a score has the one that the profile gives its word, or says so', async () => {
  await names(activity({ words: { D: 90, m: 70 } }));
  const words = (Grade: string) => grade('g1', { Score: null, Grade });
  await college.sync('grades', words('d'));
  await college.push();
  expect(graded()).toEqual([['s1', 18, '']]);
  await college.sync('grades', words('M'));
  await college.push();
  expect(graded()).toEqual([['s1', 14, '']]);
  await college.sync('grades', words('Mapped'));
  await college.push();
  expect(await targets()).toMatchObject([{ state: 'failed', reason: 'no_score' }]);
});

it('one that is not released yet is not sent', async () => {
  await names(activity());
  await college.sync('grades', grade('g1', { Grade_Status: 'Draft' }));
  await college.push();
  expect(graded()).toEqual([]);
  await college.sync('grades', grade('g1', { Grade_Status: 'Released' }));
  await college.push();
  expect(graded()).toEqual([['s1', 16, '']]);
});

it('a class may have an activity of its own', async () => {
  const own = addActivity(college.moodle.site, { course: courseId(), modname: 'quiz', name: 'Quiz', grademax: 100 });
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await names(activity(), activity({ class: 'c1', activityId: own.id, component: 'mod_quiz', maximum: 100 }));
  await college.sync('grades', grade('g1', { Class: 'c1' }), grade('g2', { Student: 's2', Class: 'c2' }));
  await college.push();
  expect(college.moodle.site.grades.all().map((one) => [one.activity, one.rawgrade])).toEqual(
    expect.arrayContaining([
      [own.id, 80],
      [activityId, 16],
    ]),
  );
});

it('a grade waits for its student, and a full resend makes no call', async () => {
  await names(activity());
  await college.sync('students', student('s3', { Academic_Email: 'a+b@college.example' }));
  await college.sync('grades', grade('g3', { Student: 's3' }));
  await college.push();
  expect(await targets()).toMatchObject([{ state: 'waiting', reason: 'no_user' }]);
  await college.sync('students', student('s3'));
  await college.push();
  expect(graded()).toEqual([['s3', 16, '']]);
  const since = college.moodle.calls.length;
  await college.sync('grades', grade('g3', { Student: 's3', Grader_Name: 'Elif' }));
  await college.push();
  expect(college.called(since)).toEqual([]);
});

it.each([
  [1, /does not take/],
  [2, /several grade items/],
  [4, /locked/],
])('the answer %d of Moodle is told in plain words', async (answer, words) => {
  await names(activity());
  college.moodle.fail(answersJson(answer), { of: 'core_grades_update_grades' });
  await college.sync('grades', grade('g1'));
  await college.push();
  expect(await targets()).toMatchObject([
    { state: 'failed', reason: `grade_refused_${answer}`, message: expect.stringMatching(words) as string },
  ]);
});

it('the check looks for the functions only when they are wanted', async () => {
  college.moodle.takeAwayFunction('core_grades_update_grades');
  college.moodle.takeAwayFunction('core_cohort_create_cohorts');
  const check = async () =>
    (await college.service.get<{ findings: { message: string }[] }>('/v1/admin/moodle/check', college.tenant)).body;
  expect((await check()).findings).toEqual([]);
  await college.profile({ moodle: { cohorts: true, grades: [activity()] } });
  expect((await check()).findings).toMatchObject([
    { message: expect.stringMatching(/core_cohort_create_cohorts, core_grades_update_grades/) as string },
  ]);
});
