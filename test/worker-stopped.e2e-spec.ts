import { fill, sceneOf, senderOf, untilDrained } from './faults/college-records';
import { Stage } from './faults/stage';
import { expectNothingLost } from './faults/verdict';
import { collectingFetch } from './support/canary/collecting-fetch';
import { ask } from './support/databases';
import { eventually } from './support/eventually';
import type { CallMatch } from './support/moodle/calls';
import { hangs, worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import type { College } from './support/push';
import type { Run } from './support/run';

/** Processes are started, and what was cut off is in doubt for a while. */
jest.setTimeout(600_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start('worker_stopped', 3);
});
afterAll(() => stage.close());

/** Sends it SIGTERM. @returns when it has seen that; its exit code is still to come */
async function stop(worker: Run): Promise<{ code: Promise<number | null> }> {
  const watched = await worker.says(/Metrics on (\S+)\/metrics/);
  const code = worker.end('SIGTERM');
  await eventually(async () => expect((await collectingFetch(`${watched}/v1/health/ready`)).status).toBe(503));
  return { code };
}

const heldIn = (college: College): Promise<object[]> =>
  college.query('SELECT kind, subject FROM push_target WHERE tenant_id = $1 AND lease IS NOT NULL', [college.tenant]);

/** Doorbells that any worker answers at once. */
const bellsOf = ({ tenant }: College): Promise<object[]> =>
  ask(
    `SELECT FROM queue.job_common WHERE group_id = $1 AND state = 'created' AND start_after <= now()`,
    [tenant],
    stage.database.superuserUrl,
  );

async function endWithAnother(college: College, sender: ReturnType<typeof senderOf>): Promise<void> {
  const other = stage.work(2);
  await untilDrained(college);
  await expectNothingLost(sceneOf(college), sender.ledger);
  expect(await other.end('SIGTERM')).toBe(0);
}

const LOOK_UP = 'core_user_get_users_by_field';
const CREATE = 'core_user_create_users';

it.each<[string, CallMatch]>([
  ['a look-up', ({ wsfunction, params }) => wsfunction === LOOK_UP && params['field'] === 'idnumber'],
  ['what creates', CREATE],
])(
  'a worker that is stopped ends the call under way, %s, and leaves all others to another, at once',
  async (_what, match) => {
    const college = stage.next();
    const sender = senderOf(college);
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { of: match });
    await fill(sender);
    const worker = stage.work(2, { METRICS_PORT: '0' });
    await college.moodle.waitForCall(match);
    const called = college.moodle.calls.length;
    const { code } = await stop(worker);
    gate.open();
    expect(await code).toBe(0);
    expect(college.moodle.calls).toHaveLength(called);
    expect(await heldIn(college)).toEqual([]);
    const left = await college.unpushed();
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter(({ is_doubtful: isDoubtful }) => isDoubtful)).toEqual([]);
    const later = 'SELECT kind, subject FROM push_target WHERE tenant_id = $1 AND next_try_at > clock_timestamp()';
    expect(await college.query(later, [college.tenant])).toEqual([]);
    expect((await bellsOf(college)).length).toBeGreaterThan(0);
    await endWithAnother(college, sender);
  },
);

it('a call that does not end is cut off, and what it was about is looked up before it is made again', async () => {
  const college = stage.next();
  const sender = senderOf(college);
  college.moodle.fail(hangs(), { of: CREATE });
  await fill(sender);
  const worker = stage.work(2, { METRICS_PORT: '0', SHUTDOWN_SECONDS: '1' });
  await college.moodle.waitForCall(CREATE);
  const { code } = await stop(worker);
  expect(await code).toBe(0);
  expect(await heldIn(college)).toEqual([]);
  const users = await college.targets('user');
  expect(users.map(({ is_doubtful: isDoubtful }) => isDoubtful)).toEqual([true, true, true]);
  await endWithAnother(college, sender);
});
