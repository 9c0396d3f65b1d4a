import { eventually } from '../support/eventually';
import { answersAfter, type Fault, hangs, worksAfter } from '../support/moodle/faults';
import { Gate } from '../support/moodle/gate';
import { WRITES } from '../support/moodle/writes';
import type { College } from '../support/push';
import { randomFrom } from '../support/random';
import { fill, sceneOf, senderOf, untilDrained } from './college-records';
import { batchesOf, isWhole, REPEATS, tell } from './repeats';
import { Stage } from './stage';
import { expectNothingLost } from './verdict';

/** A worker that is dead is noticed after seconds, and what it had in its hands looked up twice. */
jest.setTimeout(300_000);

const PHASES = 3;
/** So soon what a killed worker had in its hands is pushed again, and all the rest. */
const PUSHED_AGAIN_S = 30;
const DRAINED_S = 60;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start('worker_killed', PHASES * REPEATS);
});
afterAll(() => stage.close());

/** So many at a time: what is measured is how soon a worker is missed, not how much two cores can do. */
const AT_ONCE = 5;

it.each(batchesOf(AT_ONCE).map((seeds) => [seeds]))(
  'kill -9 of a worker before, during or after a call: nothing is lost, doubled or stale (seeds %j)',
  async (seeds) => {
    const [dead, never] = [new Gate(), new Gate()];
    const phases = [hangs(), worksAfter(dead), answersAfter(never)];
    const caught = phases.flatMap((fault) =>
      seeds.map((seed) => catchOne(fault, randomFrom(seed * PHASES + phases.indexOf(fault)))),
    );
    for (const { sender } of caught) await fill(sender);
    const first = stage.work(caught.length);
    await Promise.all(caught.map(({ called }) => called));
    await first.end('SIGKILL');
    const colleges = caught.map(({ college }) => college);
    const held = new Map(await Promise.all(colleges.map(async (college) => [college, await heldIn(college)] as const)));
    for (const { sender } of caught) await sender.change('students', 's1');
    dead.open();
    const second = stage.work(caught.length);
    await second.says(/( works), /);
    const times = await measure(colleges, held);
    for (const { college, sender } of caught) {
      await untilDrained(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }
    await second.end('SIGTERM');
    tell('what a killed worker had in its hands was pushed again, and everything else, after at most', times);
    if (isWhole) expect([times.pushedAgain <= PUSHED_AGAIN_S, times.drained <= DRAINED_S]).toEqual([true, true]);
  },
);

/** In each college one call that writes, which one by the seed, is caught in the act. */
function catchOne(fault: Fault, random: () => number) {
  const college = stage.next();
  const name = WRITES[Math.floor(random() * WRITES.length)] ?? '';
  college.moodle.fail(fault, { of: name });
  return { college, sender: senderOf(college), called: college.moodle.waitForCall(name) };
}

const heldIn = (college: College): Promise<{ id: string }[]> =>
  college.query<{ id: string }>('SELECT id FROM push_target WHERE tenant_id = $1 AND lease IS NOT NULL', [
    college.tenant,
  ]);

/** In seconds, until what was held is pushed everywhere, and until all is. */
async function measure(colleges: readonly College[], held: ReadonlyMap<College, readonly { id: string }[]>) {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  const [again, drained] = [new Map<College, number>(), new Map<College, number>()];
  await eventually(async () => {
    for (const college of colleges.filter((one) => !drained.has(one))) {
      const left = await college.query<{ id: string }>(
        `SELECT id FROM push_target WHERE tenant_id = $1 AND state <> 'pushed'`,
        [college.tenant],
      );
      const isHeld = held.get(college)?.some(({ id }) => left.some((target) => target.id === id));
      if (!isHeld && !again.has(college)) again.set(college, seconds());
      if (left.length === 0) drained.set(college, seconds());
    }
    expect(drained.size).toBe(colleges.length);
  });
  return { pushedAgain: Math.max(...again.values()), drained: Math.max(...drained.values()) };
}
