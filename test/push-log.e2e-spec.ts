import { createOwnDatabase, type OwnDatabase } from './support/databases';
import { eventually } from './support/eventually';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';
import { Run } from './support/run';

let database: OwnDatabase;
let push: PushService;
let worker: Run | undefined;
beforeAll(async () => {
  database = await createOwnDatabase('push_log');
  push = await PushService.start(4, { DATABASE_URL: database.url });
});
afterEach(() => worker?.end('SIGTERM'));
afterAll(async () => {
  await push.close();
  await database.drop();
});

/** A worker as `npm run worker` starts it, once it works. */
async function startWorker(): Promise<Run> {
  worker = new Run(push.folder, { ...push.variables }, ['worker']);
  await worker.says(/(works), 4 tenants at a time/);
  return worker;
}

const send = async (college: College, entity: string, request: string, ...data: object[]): Promise<string> => {
  const headers = { 'X-Request-Id': request };
  return (await college.service.sync(entity, { data }, { tenant: college.tenant, headers })).run_id;
};
const linesOf = ({ output }: Run, pattern: RegExp): string[] => output.split('\n').filter((line) => pattern.test(line));
const BATCH = /\(batch ([0-9a-f-]{36})\)/;

/** @returns the batch that the line names */
async function told(by: Run, words: string, run: string, request: string): Promise<string> {
  const whole = new RegExp(`\\| INFO \\| Push \\| ${words} \\(run ${run}\\) ${BATCH.source} \\[${request}\\]$`);
  await eventually(() => Promise.resolve(expect(linesOf(by, whole)).toHaveLength(1)));
  return whole.exec(linesOf(by, whole)[0] ?? '')?.[1] ?? '';
}

it('what became of pushes is told under the run and the request that asked for them, as are the calls', async () => {
  const college = push.next();
  const run = await send(college, 'students', 'req-1', student('s1'), student('s2'));
  const by = await startWorker();
  const batch = await told(by, 'user: 2 pushed', run, 'req-1');
  const calls = linesOf(by, /MoodleClient \| Moodle core_user_create_users: ok, 2 items/);
  expect(calls.map((line) => BATCH.exec(line)?.[1])).toEqual([batch]);
  const later = await send(college, 'students', 'req-2', { id: 's1', First_Name: 'Ada', Last_Name: 'Lovelace' });
  await told(by, 'user: 1 pushed', later, 'req-2');
});

it('requests that share a transaction and a batch each find their own', async () => {
  const college = push.next();
  const ids = Array.from({ length: 8 }, (_none, n) => `s${n}`);
  const runs = await Promise.all(ids.map((id) => send(college, 'students', `req-of-${id}`, student(id))));
  const by = await startWorker();
  const batches = await Promise.all(runs.map((run, n) => told(by, 'user: 1 pushed', run, `req-of-s${n}`)));
  expect(new Set(batches).size).toBe(1);
});

it('who attends a class that changes is pushed because of that class’s run', async () => {
  const college = push.next();
  await send(college, 'students', 'req-s', student('s1'));
  await send(college, 'programs', 'req-p', program('p1'));
  await send(college, 'classes', 'req-c', courseClass('c1'));
  const run = await send(college, 'enrollments', 'req-e', enrollment('e1', 's1', 'c1'));
  const by = await startWorker();
  await told(by, 'enrolment: 1 pushed', run, 'req-e');
  const moved = await send(college, 'classes', 'req-moved', { id: 'c1', BTEC_Program: null });
  await told(by, 'enrolment: 1 pushed', moved, 'req-moved');
});

it('what no request asked for has no run', async () => {
  const college = push.next();
  await college.query('INSERT INTO push_mark (tenant_id, subjects) VALUES ($1, $2)', [college.tenant, ['student:s1']]);
  await college.query(
    `INSERT INTO student (tenant_id, id, zoho_id, fingerprint, last_sync, academic_email, display_name)
     VALUES ($1, gen_random_uuid(), 's1', 'x', now(), 's1@c.example', 'S One')`,
    [college.tenant],
  );
  const by = await startWorker();
  await college.sync('programs', program('p1'));
  const line = /\| Push \| user: 1 pushed \(batch [0-9a-f-]{36}\)$/;
  await eventually(() => Promise.resolve(expect(linesOf(by, line)).toHaveLength(1)));
});
