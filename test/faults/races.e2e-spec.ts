import { TestService } from '../support/app';
import { eventually } from '../support/eventually';
import { answersAfter, worksAfter } from '../support/moodle/faults';
import { Gate } from '../support/moodle/gate';
import { type College, PushService } from '../support/push';
import { randomFrom, shuffled } from '../support/random';
import { drain, fill, sceneOf, senderOf } from './college-records';
import { REPEATS, SEEDS } from './repeats';
import type { Sender } from './sender';
import { expectNothingLost } from './verdict';
import type { VersionedEntity } from './versions';

jest.setTimeout(600_000);

/** A change, and the call that brings it to Moodle. */
const CHANGES = [
  ['students', 's1', 'core_user_update_users'],
  ['programs', 'p1', 'core_course_update_courses'],
  ['classes', 'p1c1', 'core_update_inplace_editable'],
  ['classes', 'p1c2', 'core_group_update_groups'],
  ['enrollments', 'p1c1:s1', 'enrol_manual_enrol_users'],
] as const satisfies readonly (readonly [VersionedEntity, string, string])[];

let push: PushService;
let other: TestService;
beforeAll(async () => {
  push = await PushService.start(13 * REPEATS, { MOODLE_CALLS_PER_SECOND: '200', MOODLE_TIMEOUT_SECONDS: '60' });
  other = await TestService.start(push.variables);
});
afterAll(async () => {
  await other.close();
  await push.close();
});

async function begin(): Promise<{ college: College; sender: Sender }> {
  const college = push.next();
  const sender = senderOf(college);
  await fill(sender);
  await drain(college);
  return { college, sender };
}

const callsOf = ({ moodle }: College, name: string): number =>
  moodle.calls.filter(({ wsfunction }) => wsfunction === name).length;

/** A push that is caught in a call, which goes on when the gate is opened. */
async function catchPush(college: College, name: string, isDone: boolean) {
  const gate = new Gate();
  const from = college.moodle.calls.length;
  college.moodle.fail(isDone ? answersAfter(gate) : worksAfter(gate), { of: name });
  const slow = college.push();
  await college.moodle.waitForCall(name, from);
  return { gate, slow };
}

it.each(CHANGES)('two workers on one of %s (%s), the slow one finishing last (%s)', async (entity, id, name) => {
  await Promise.all(
    SEEDS.map(async (seed) => {
      const { college, sender } = await begin();
      await sender.change(entity, id);
      const { gate, slow } = await catchPush(college, name, seed % 2 === 0);
      const before = callsOf(college, name);
      await sender.change(entity, id);
      // The slow one is taken for dead, and another does its work meanwhile.
      await eventually(async () => {
        await college.query(
          'UPDATE push_target SET leased_until = clock_timestamp() WHERE tenant_id = $1 AND lease IS NOT NULL',
          [college.tenant],
        );
        await college.push();
        expect(callsOf(college, name)).toBeGreaterThan(before);
      });
      gate.open();
      await slow;
      await drain(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }),
  );
});

it.each(CHANGES)('a change of one of %s (%s) during its own push (%s)', async (entity, id, name) => {
  await Promise.all(
    SEEDS.map(async (seed) => {
      const { college, sender } = await begin();
      await sender.change(entity, id);
      const { gate, slow } = await catchPush(college, name, seed % 2 === 0);
      await sender.change(entity, id);
      gate.open();
      await slow;
      await drain(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }),
  );
});

it('a worker that dies when new sections have their names, which change before they are pushed again', async () => {
  await Promise.all(
    SEEDS.map(async () => {
      const { college, sender } = await begin();
      await sender.change('classes', 'p1c3', 'p1c4', 'p1c5');
      const gate = new Gate();
      let named = 0;
      const of = ({ wsfunction }: { wsfunction: string }): boolean =>
        wsfunction === 'core_update_inplace_editable' && (named += 1) === 3;
      college.moodle.fail(answersAfter(gate), { of });
      const dead = college.push();
      await eventually(() => Promise.resolve(expect(named).toBe(3)));
      await sender.change('classes', 'p1c3', 'p1c4', 'p1c5');
      await drain(college);
      gate.open();
      await dead;
      await drain(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }),
  );
});

it('50 identical requests at once, at two processes: one is done, and 50 are answered alike', async () => {
  for (const seed of SEEDS) {
    const { college, sender } = await begin();
    const request = sender.ledger.next('students', seed % 2 === 0 ? ['s1', 's2'] : ['n1', 'n2']);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_none, n) => sender.post(n % 2 === 0 ? other.url : college.service.url, request)),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    expect([new Set(answers.map(({ status }) => status)), new Set(texts).size, replayed.length]).toEqual([
      new Set([200]),
      1,
      49,
    ]);
    sender.ledger.acknowledge(request, texts[0] ?? '');
    await drain(college);
    await expectNothingLost(sceneOf(college), sender.ledger);
  }
});

it('overlapping batches in opposite order: none fails, and the newest version of each record is kept', async () => {
  for (const seed of SEEDS) {
    const { college, sender } = await begin();
    const random = randomFrom(seed);
    const ids = Array.from({ length: 30 }, (_none, n) => `b${n}`);
    const batch = (): string[] => shuffled(ids, random).slice(0, 20);
    const writers = Array.from({ length: 12 }, (_none, n) =>
      senderOf(college, () => (n % 2 === 0 ? other.url : college.service.url), sender.ledger),
    );
    await Promise.all(
      writers.map(async (writer) => {
        for (let count = 0; count < 5; count += 1) await writer.change('students', ...batch());
      }),
    );
    expect(sender.ledger.again).toEqual({});
    await drain(college);
    await expectNothingLost(sceneOf(college), sender.ledger);
  }
});
