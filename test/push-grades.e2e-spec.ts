import { answersJson, resetsAfterWork, resetsBeforeWork } from './support/moodle/faults';
import { addActivity } from './support/moodle/seed';
import { type College, courseClass, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
let activityId: number;
beforeAll(async () => {
  push = await PushService.start(40);
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
    .map(({ userid, rawgrade }) => [college.moodle.site.users.get(userid)?.idnumber, rawgrade])
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
const UPDATE = 'core_grades_update_grades';
const targets = () => college.targets('grade');

it('a score goes into the activity that the profile names, in its points, with the feedback', async () => {
  await names(activity());
  await college.sync('grades', grade('g1', { Feedback: 'Clear' }), grade('g2', { Student: 's2', Score: 50 }));
  await college.push();
  expect(graded()).toEqual([
    ['s1', 16],
    ['s2', 10],
  ]);
  const calls = college.moodle.calls.filter(({ wsfunction }) => wsfunction === UPDATE);
  expect(calls.map(({ params }) => params)).toMatchObject([
    { grades: [{ grade: '16', str_feedback: 'Clear' }, { grade: '10' }] },
  ]);
  expect((await targets()).map(({ state }) => state)).toEqual(['pushed', 'pushed']);
});

it('nothing is sent for a unit without an activity, until the profile names one', async () => {
  await college.sync('grades', grade('g1'));
  await names(activity({ unit: 'u2' }));
  await college.push();
  expect([graded(), await targets()]).toEqual([[], []]);
  await names(activity());
  await college.push();
  expect(graded()).toEqual([['s1', 16]]);
});

it('the latest attempt counts, however they come', async () => {
  await names(activity());
  const first = { Attempt_Number: 1, Score: 80 };
  const second = { Attempt_Number: 2, Score: 60 };
  await college.sync('grades', grade('g1', first), grade('g2', second));
  await college.sync('grades', grade('g3', { ...second, Student: 's2' }), grade('g4', { ...first, Student: 's2' }));
  await college.push();
  expect(graded()).toEqual([
    ['s1', 12],
    ['s2', 12],
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
  expect([graded(), college.called(since)]).toEqual([[['s1', 16]], []]);
});

it('a grade without a score has the one that the profile gives its word, or says so', async () => {
  await names(activity({ words: { D: 90, m: 70 } }));
  const words = (Grade: string) => grade('g1', { Score: null, Grade });
  await college.sync('grades', words('d'));
  await college.push();
  expect(graded()).toEqual([['s1', 18]]);
  await college.sync('grades', words('M'));
  await college.push();
  expect(graded()).toEqual([['s1', 14]]);
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
  expect(graded()).toEqual([['s1', 16]]);
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
  expect(graded()).toEqual([['s3', 16]]);
  const since = college.moodle.calls.length;
  await college.sync('grades', grade('g3', { Student: 's3', Grader_Name: 'Elif' }));
  await college.push();
  expect(college.called(since)).toEqual([]);
});

it('the score counts before the word, and a word may be anything', async () => {
  await names(activity({ words: { D: 90 } }));
  await college.sync('grades', grade('g1', { Score: 0, Grade: 'D' }));
  await college.sync('grades', grade('g2', { Student: 's2', Score: null, Grade: 'constructor' }));
  await college.push();
  expect(graded()).toEqual([['s1', 0]]);
  expect(await targets()).toMatchObject([{ state: 'pushed' }, { state: 'failed', reason: 'no_score' }]);
});

it('of attempts with one number the later counts, and then the one with the higher id', async () => {
  await names(activity());
  const day = (Attempt_Date: string, Score: number) => ({ Attempt_Number: 1, Attempt_Date, Score });
  await college.sync('grades', grade('g1', day('2026-03-02', 60)), grade('g2', day('2026-03-01', 80)));
  await college.sync('grades', grade('g4', { Student: 's2', Score: 40 }));
  await college.sync('grades', grade('g3', { Student: 's2', Score: 20 }));
  await college.push();
  expect(graded()).toEqual([
    ['s1', 12],
    ['s2', 8],
  ]);
});

it('a row that is read tells how its grade stands, in the activity that it goes to', async () => {
  const own = addActivity(college.moodle.site, { course: courseId(), modname: 'quiz', name: 'Quiz', grademax: 100 });
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  const ofClass = { class: 'c1', activityId: own.id, component: 'mod_quiz' };
  await names(activity(), activity(ofClass));
  await college.sync('grades', grade('g1', { Class: 'c1', Score: null, Grade: 'D' }), grade('g2', { Class: 'c2' }));
  await college.push();
  const stateOf = async (id: string) =>
    (await college.service.get<{ moodle: object }>(`/v1/grades/${id}`, college.tenant)).body.moodle;
  expect(await stateOf('g1')).toEqual({
    grade: expect.objectContaining({ state: 'failed', reason: 'no_score' }) as object,
  });
  expect(await stateOf('g2')).toEqual({ grade: expect.objectContaining({ state: 'pushed' }) as object });
});

it('a grade that is locked in Moodle fails alone', async () => {
  await names(activity());
  const ids = Array.from({ length: 9 }, (_none, n) => `t${n}`);
  const gradesOf = (Score: number) => ids.map((id) => grade(`g${id}`, { Student: id, Score }));
  await college.sync('students', ...ids.map((id) => student(id)));
  await college.sync('grades', ...gradesOf(50));
  await college.push();
  const { site } = college.moodle;
  const locked = site.grades.find(({ userid }) => site.users.get(userid)?.idnumber === 't4');
  site.grades.change(locked?.id ?? 0, { locked: true });
  await college.sync('grades', ...gradesOf(60));
  await college.push();
  expect(graded()).toEqual(ids.map((id) => [id, id === 't4' ? 10 : 12]));
  expect((await targets()).filter(({ state }) => state !== 'pushed')).toMatchObject([
    { subject: 'student:t4', state: 'failed', reason: 'grade_refused_1' },
  ]);
});

it.each([
  ['carried out, then the connection is cut', resetsAfterWork],
  ['the connection is cut before', resetsBeforeWork],
])('%s: the grade is sent again', async (_when, fault) => {
  await names(activity());
  college.moodle.fail(fault(), { of: UPDATE });
  await college.sync('grades', grade('g1'));
  await college.push();
  expect(await targets()).toMatchObject([{ state: 'retrying' }]);
  await college.settle();
  expect(graded()).toEqual([['s1', 16]]);
  expect(await targets()).toMatchObject([{ state: 'pushed', is_doubtful: false }]);
});

it('a token that may not grade stops the push, with what it lacks', async () => {
  college.moodle.takeAwayCapability('moodle/grade:edit');
  await names(activity());
  await college.sync('grades', grade('g1'));
  await college.push();
  const { body } = await college.service.get<{ paused: object }>('/v1/admin/moodle', college.tenant);
  expect(body.paused).toMatchObject({ by: 'site', message: expect.stringMatching(/moodle\/grade:edit/) as string });
});

it('an activity that is not there is told in plain words', async () => {
  await names(activity({ activityId: 999_999 }));
  await college.sync('grades', grade('g1'));
  await college.push();
  expect(await targets()).toMatchObject([
    { state: 'failed', reason: 'invalidcoursemodule', message: expect.stringMatching(/activity/) as string },
  ]);
});

it.each([
  [1, /locked/],
  [2, /several grade items/],
  [4, /locked/],
])('the answer %d of Moodle is told in plain words', async (answer, words) => {
  await names(activity());
  college.moodle.fail(answersJson(answer), { of: UPDATE });
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
