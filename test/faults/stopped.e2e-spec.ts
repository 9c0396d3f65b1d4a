import { setTimeout as pause } from 'node:timers/promises';
import { untilBlocked, whileLocked } from '../support/databases';
import { eventually } from '../support/eventually';
import { answersAfter, hangs } from '../support/moodle/faults';
import { Gate } from '../support/moodle/gate';
import type { College } from '../support/push';
import { randomFrom } from '../support/random';
import { drain, fill, sceneOf, senderOf, untilDrained } from './college-records';
import { REPEATS, SEEDS } from './repeats';
import { type Server, Stage } from './stage';
import { UnderLoad } from './under-load';
import { expectNothingLost } from './verdict';

jest.setTimeout(600_000);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start('stopped', 3 * REPEATS + 1);
});
afterAll(() => stage.close());

it('SIGTERM to one of two services under load, again and again: no request that is taken fails', async () => {
  const servers: [Server, Server] = [await stage.serve(), await stage.serve()];
  let turn = 0;
  const load = await UnderLoad.begin(stage, () => servers[turn++ % 2]?.url ?? null);
  for (const seed of SEEDS)
    await load.strike(seed, async () => {
      const which = seed % 2;
      expect(await servers[which]?.run.end('SIGTERM')).toBe(0);
      servers[which] = await stage.serve();
    });
  expect(load.again['refused']).toBeGreaterThan(0);
  expect(Object.keys(load.again)).toEqual(['refused']);
  await load.endWell('a service stopped');
});

it('SIGTERM to a service in the middle of a request: it is answered, and nobody else is let in', async () => {
  const { superuserUrl } = stage.database;
  for (const seed of SEEDS) {
    const server = await stage.serve();
    const college = stage.next();
    const sender = senderOf(college, () => server.url);
    await fill(sender);
    const request = sender.ledger.next('students', ['s1', `s${seed}`]);
    const late = senderOf(college, () => server.url);
    let isDone = Promise.resolve(false);
    let code = Promise.resolve<number | null>(null);
    const meanwhile = async (): Promise<void> => {
      isDone = sender.attempt(request);
      await untilBlocked(1, superuserUrl);
      code = server.run.end('SIGTERM');
      await eventually(async () => {
        await late.attempt(late.ledger.next('programs', ['late']));
        expect(late.ledger.again).toHaveProperty('refused');
      });
    };
    const row = `SELECT FROM student WHERE tenant_id = $1 AND zoho_id = 's1' FOR UPDATE`;
    await whileLocked(row, [college.tenant], meanwhile, superuserUrl);
    expect(await isDone).toBe(true);
    expect(await code).toBe(0);
    expect(sender.ledger.again).toEqual({});
    await drain(college);
    await expectNothingLost(sceneOf(college), sender.ledger);
  }
});

const WRITES = [
  'core_user_create_users',
  'core_course_create_courses',
  'core_courseformat_update_course',
  'core_group_create_groups',
  'enrol_manual_enrol_users',
];

describe('SIGTERM to a worker in the middle of a call', () => {
  it('that ends: what it has done is told, and the rest is handed back', async () => {
    const caught = await Promise.all(SEEDS.map((seed) => catchOne(seed, (gate) => answersAfter(gate))));
    // So slow that it would not be done with all of it in time.
    const first = await begin(caught, { MOODLE_CALLS_PER_SECOND: '1' });
    await Promise.all(caught.map(({ called }) => called));
    const code = first.end('SIGTERM');
    for (const { gate, random } of caught) {
      await pause(100 * random());
      gate.open();
    }
    expect(await code).toBe(0);
    for (const { college } of caught) expect(await heldIn(college)).toEqual([]);
    await finish(caught);
  });

  it('that hangs: it ends in time, and another does its work', async () => {
    const caught = await Promise.all(SEEDS.map((seed) => catchOne(seed, () => hangs())));
    const first = await begin(caught);
    await Promise.all(caught.map(({ called }) => called));
    expect(await first.end('SIGTERM')).toBe(0);
    await finish(caught);
  });
});

type Caught = Awaited<ReturnType<typeof catchOne>>;

/** A college that has everything to push, and one call that is caught in the act. */
async function catchOne(seed: number, faultOf: (gate: Gate) => ReturnType<typeof hangs>) {
  const [college, gate, random] = [stage.next(), new Gate(), randomFrom(seed)];
  const name = WRITES[seed % WRITES.length] ?? '';
  college.moodle.fail(faultOf(gate), { of: name });
  const sender = senderOf(college);
  await fill(sender);
  return { college, sender, gate, random, called: college.moodle.waitForCall(name) };
}

async function begin(caught: readonly Caught[], variables: Record<string, string> = {}) {
  const worker = stage.work(caught.length + 1, variables);
  await worker.says(/( works), /);
  return worker;
}

async function finish(caught: readonly Caught[]): Promise<void> {
  const second = await begin(caught);
  for (const { college, sender } of caught) {
    await untilDrained(college);
    await expectNothingLost(sceneOf(college), sender.ledger);
  }
  expect(await second.end('SIGTERM')).toBe(0);
}

const heldIn = (college: College): Promise<object[]> =>
  college.query('SELECT kind, subject FROM push_target WHERE tenant_id = $1 AND lease IS NOT NULL', [college.tenant]);
