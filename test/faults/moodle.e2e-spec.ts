import type { Call } from '../support/moodle/calls';
import {
  answersException,
  answersHalf,
  answersHtml,
  answersHugeBody,
  answersJson,
  answersStatus,
  type Fault,
  hangs,
  redirects,
  resetsAfterWork,
  resetsBeforeWork,
  tooManyRequests,
  worksAfterClientLeft,
} from '../support/moodle/faults';
import { type College, PushService } from '../support/push';
import { randomFrom } from '../support/random';
import { changeOne, drain, fill, retryFailed, sceneOf, senderOf } from './college-records';
import { REPEATS, SEEDS } from './repeats';
import type { Sender } from './sender';
import { expectNothingLost } from './verdict';

jest.setTimeout(600_000);

const FUNCTIONS = [
  'core_user_get_users_by_field',
  'core_user_create_users',
  'core_user_update_users',
  'core_course_get_courses_by_field',
  'core_course_create_courses',
  'core_course_update_courses',
  'core_course_get_contents',
  'core_courseformat_update_course',
  'core_update_inplace_editable',
  'core_group_get_course_groups',
  'core_group_create_groups',
  'core_group_update_groups',
  'core_group_add_group_members',
  'enrol_manual_enrol_users',
] as const;

/** They answer null when all went well. */
const SAYING_NOTHING: ReadonlySet<string> = new Set([
  'core_course_update_categories',
  'core_group_update_groups',
  'core_group_add_group_members',
  'core_group_delete_group_members',
  'enrol_manual_enrol_users',
  'enrol_manual_unenrol_users',
]);

/** What goes wrong, and in how many calls at most; by the seed one function fails, or all of them. */
const FAULTS: readonly (readonly [name: string, fault: Fault, most: number])[] = [
  ...([500, 501, 502, 503, 504] as const).map((status) => [`a burst of ${status}`, answersStatus(status), 8] as const),
  ['200 with an exception that passes', answersException('dmlreadexception'), 4],
  ['200 with an exception that tells of a record', answersException('invalidparameter'), 4],
  ['200 with an exception that tells of the site', answersException('accessexception'), 2],
  ['200 with an exception that nobody knows', answersException('neverheard', 'x', 'Exception'), 4],
  ['maintenance', answersException('sitemaintenance'), 6],
  ['done, then the connection is reset', resetsAfterWork(), 4],
  ['the connection is reset before', resetsBeforeWork(), 6],
  ['no answer at all', hangs(), 2],
  ['done when we have given up', worksAfterClientLeft(), 2],
  ['429 with Retry-After', tooManyRequests(30), 4],
  ['429 with a date', tooManyRequests('Wed, 21 Oct 2026 07:28:00 GMT'), 4],
  ['HTML instead of JSON', answersHtml(), 4],
  ['half of the JSON, and all is done', answersHalf(), 4],
  ['other JSON', answersJson({ surprise: [] }), 4],
  ['null where there should be something', answersJson(null), 2],
  ['50 MB', answersHugeBody(), 2],
  ['a redirect', redirects('http://127.0.0.1:1/elsewhere'), 2],
];

let push: PushService;
beforeAll(async () => {
  const colleges = (FAULTS.length + 4) * REPEATS;
  push = await PushService.start(colleges, { MOODLE_CALLS_PER_SECOND: '200' });
});
afterAll(() => push.close());

const pick = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];

/** By the seed everything is in Moodle already, or nothing is. */
async function begin(random: () => number): Promise<{ college: College; sender: Sender }> {
  const college = push.next();
  const sender = senderOf(college);
  await fill(sender);
  if (random() < 0.5) await drain(college);
  return { college, sender };
}

async function changeAndPush(college: College, sender: Sender, random: () => number): Promise<void> {
  await Promise.all([changeOne(sender, random), changeOne(sender, random)]);
  await college.letTimePass();
  await college.push();
}

async function endWell(college: College, sender: Sender): Promise<void> {
  college.moodle.failNoMore();
  await drain(college);
  await retryFailed(college);
  await drain(college);
  await expectNothingLost(sceneOf(college), sender.ledger);
}

it.each(FAULTS)('%s: nothing is lost, doubled or stale', async (name, fault, most) => {
  const met = await Promise.all(
    SEEDS.map(async (seed) => {
      const random = randomFrom(seed);
      const { college, sender } = await begin(random);
      const of = random() < 0.5 ? pick(FUNCTIONS, random) : undefined;
      const isOdd = ({ wsfunction }: Call): boolean => !name.startsWith('null') || !SAYING_NOTHING.has(wsfunction);
      const rule = college.moodle.fail(fault, {
        times: 1 + Math.floor(random() * most),
        of: (call) => isOdd(call) && (of === undefined || call.wsfunction === of),
      });
      const everything = college.moodle.fail(fault, { times: 1, of: isOdd });
      for (let round = 0; round < 4; round += 1) await changeAndPush(college, sender, random);
      await endWell(college, sender);
      return rule.used + everything.used;
    }),
  );
  expect(Math.min(...met)).toBeGreaterThan(0);
});

it('down for an hour: it is left alone, and everything arrives when it is back', async () => {
  await Promise.all(
    SEEDS.map(async (seed) => {
      const random = randomFrom(seed);
      const { college, sender } = await begin(random);
      await college.moodle.goDown();
      for (let minute = 0; minute < 60; minute += 1) await changeAndPush(college, sender, random);
      await college.moodle.comeBack();
      await endWell(college, sender);
    }),
  );
});

it('429 is not called again before the time that it names', async () => {
  await Promise.all(
    SEEDS.map(async (seed) => {
      const college = push.next();
      const sender = senderOf(college);
      await sender.change('students', 's1');
      const seconds = 60 + seed;
      college.moodle.fail(tooManyRequests(seconds), { of: 'core_user_create_users' });
      await college.push();
      const [line] = await college.query<{ wait: number }>(
        `SELECT extract(epoch FROM next_try_at - changed_at)::float8 AS wait FROM push_target WHERE tenant_id = $1`,
        [college.tenant],
      );
      expect(Math.round(line?.wait ?? 0)).toBe(seconds);
      await endWell(college, sender);
    }),
  );
});

it('a token that is revoked pauses that tenant, and the others go on', async () => {
  await Promise.all(
    SEEDS.map(async (seed) => {
      const random = randomFrom(seed);
      const [stopped, other] = [await begin(random), await begin(random)];
      stopped.college.moodle.revokeToken();
      for (const { college, sender } of [stopped, other])
        for (let round = 0; round < 4; round += 1) await changeAndPush(college, sender, random);
      await drain(other.college);
      await expectNothingLost(sceneOf(other.college), other.sender.ledger);
      expect(await pauseOf(stopped.college)).toEqual([{ paused_by: 'site', reason: 'invalidtoken' }]);
      const calls = stopped.college.moodle.calls.length;
      await changeAndPush(stopped.college, stopped.sender, random);
      expect(stopped.college.moodle.calls).toHaveLength(calls);
      stopped.college.moodle.grantToken();
      await endWell(stopped.college, stopped.sender);
      expect(await pauseOf(stopped.college)).toEqual([]);
    }),
  );
});

const pauseOf = (college: College): Promise<object[]> =>
  college.query('SELECT paused_by, reason FROM push_tenant WHERE tenant_id = $1 AND paused_by IS NOT NULL', [
    college.tenant,
  ]);
