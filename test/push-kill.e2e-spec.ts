import { createOwnDatabase, type OwnDatabase } from './support/databases';
import { eventually } from './support/eventually';
import { answersAfter, type Fault, hangs, worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';
import { randomFrom } from './support/random';
import { Run } from './support/run';

/** A worker that is dead is noticed after seconds, and what it had in its hands looked up twice. */
jest.setTimeout(180_000);

const REPEATS = 20;
const WRITES = [
  'core_user_create_users',
  'core_course_create_courses',
  'core_courseformat_update_course',
  'core_update_inplace_editable',
  'core_group_create_groups',
  'enrol_manual_enrol_users',
  'core_group_add_group_members',
];
const pick = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];

let database: OwnDatabase;
let push: PushService;
beforeAll(async () => {
  database = await createOwnDatabase('push_kill');
  push = await PushService.start(3 * REPEATS, { DATABASE_URL: database.url });
});
afterAll(async () => {
  await push.close();
  await database.drop();
});

const worker = (): Run =>
  new Run(push.folder, { ...push.variables, PUSH_WORKERS: '60', MOODLE_TIMEOUT_SECONDS: '60' }, ['worker']);

async function fill(college: College): Promise<void> {
  await college.sync('students', student('s1'), student('s2'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'), enrollment('e2', 's2', 'c2'));
}

function expectOneOfEach({ made, moodle }: College): void {
  const { users, courses, groups, enrolments } = made;
  expect(users.map(({ idnumber }) => idnumber).toSorted()).toEqual(['s1', 's2']);
  expect(users.find(({ idnumber }) => idnumber === 's1')).toMatchObject({ firstname: 'New', lastname: 'Name' });
  expect(courses.map(({ idnumber }) => idnumber)).toEqual(['p1']);
  expect(courses[0]?.sections.map(({ name }) => name).toSorted()).toEqual(['Class c1', 'Class c2', 'General']);
  const membersOf = Object.fromEntries(groups.map(({ idnumber, members }) => [idnumber, members]));
  expect(membersOf).toEqual({ c1: ['s1'], c2: ['s2'] });
  expect(enrolments.map(({ suspended }) => suspended)).toEqual([false, false]);
  expect(moodle.duplicates()).toEqual([]);
}

/** In each college one call that writes, which one by the seed, is caught in the act. */
function catchOne({ moodle }: College, fault: Fault, random: () => number) {
  const name = pick(WRITES, random) ?? '';
  moodle.fail(fault, { of: name });
  return moodle.waitForCall(name);
}

it('a worker killed before, during or after a call: nothing is lost, doubled or old', async () => {
  const [dead, never] = [new Gate(), new Gate()];
  const phases = [
    { when: 'before it is carried out', fault: hangs() },
    { when: 'while it is carried out', fault: worksAfter(dead) },
    { when: 'after it was carried out', fault: answersAfter(never) },
  ];
  const random = randomFrom(1);
  const colleges = phases.flatMap((phase) =>
    Array.from({ length: REPEATS }, () => ({ ...phase, college: push.next() })),
  );
  const caught = colleges.map(({ college, fault }) => catchOne(college, fault, random));
  for (const { college } of colleges) await fill(college);
  const first = worker();
  await Promise.all(caught);
  await first.end('SIGKILL');
  for (const { college } of colleges)
    await college.sync('students', { id: 's1', First_Name: 'New', Last_Name: 'Name' });
  dead.open();
  const second = worker();
  await eventually(async () => {
    for (const { college, when } of colleges) {
      const states = new Set((await college.targets()).map(({ state }) => state));
      expect([when, ...states]).toEqual([when, 'pushed']);
    }
  });
  for (const { college } of colleges) expectOneOfEach(college);
  await second.end('SIGTERM');
});
