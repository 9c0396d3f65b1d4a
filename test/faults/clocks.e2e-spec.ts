import { join } from 'node:path';
import { Api } from '../support/api';
import { newTenant } from '../support/app';
import { untilBlocked, whileLocked } from '../support/databases';
import { eventually } from '../support/eventually';
import { answersAfter } from '../support/moodle/faults';
import { Gate } from '../support/moodle/gate';
import { type College, program, student } from '../support/push';
import { changeOne, drain, fill, sceneOf, senderOf, untilDrained } from './college-records';
import { randomFrom } from '../support/random';
import { REPEATS, SEEDS } from './repeats';
import { type Server, Stage } from './stage';
import { expectNothingLost } from './verdict';

jest.setTimeout(600_000);

const HOUR_S = 3_600;
const SHIFTED_CLOCK = join(__dirname, '../support/shifted-clock.cjs');

const clock = (aheadSeconds: number): Record<string, string> => ({
  NODE_OPTIONS: `--require=${SHIFTED_CLOCK}`,
  CLOCK_AHEAD_SECONDS: String(aheadSeconds),
});

/** Processes that do not agree about the time of day: an hour ahead, right, an hour behind. */
const CLOCKS = [HOUR_S, 0, -HOUR_S].map(clock);

let stage: Stage;
let servers: Server[];
beforeAll(async () => {
  stage = await Stage.start('clocks', 4 * REPEATS + 4);
  servers = await Promise.all(CLOCKS.map((variables) => stage.serve(variables)));
});
afterAll(() => stage.close());

/** The processes in turn. */
const urlOf = (n: number): string => servers[n % servers.length]?.url ?? '';
const at = (n: number): Api => new Api(urlOf(n));

const inTurn = (): (() => string) => {
  let n = 0;
  return () => urlOf(n++);
};

it('nothing is lost, doubled or stale, whoever answers and whoever pushes', async () => {
  const workers = CLOCKS.map((variables) => stage.work(REPEATS + 1, variables));
  await Promise.all(workers.map((worker) => worker.says(/( works), /)));
  await Promise.all(
    SEEDS.map(async (seed) => {
      const college = stage.next();
      const sender = senderOf(college, inTurn());
      const random = randomFrom(seed);
      await fill(sender);
      for (let count = 0; count < 20; count += 1) await changeOne(sender, random);
      await untilDrained(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }),
  );
  for (const worker of workers) expect(await worker.end('SIGTERM')).toBe(0);
});

const USERS = 'core_user_create_users';

it.each([
  ['ahead', 0],
  ['behind', 2],
])('what a worker has in its hands is left to it by one whose clock is an hour %s', async (_where, other) => {
  const own = stage.work(REPEATS + 1, CLOCKS[1]);
  const held = await Promise.all(
    SEEDS.map(async () => {
      const [college, gate] = [stage.next(), new Gate()];
      const sender = senderOf(college);
      college.moodle.fail(answersAfter(gate), { of: USERS });
      await fill(sender);
      await college.moodle.waitForCall(USERS);
      return { college, gate, sender, lease: await leaseOf(college) };
    }),
  );
  const another = stage.work(REPEATS + 1, CLOCKS[other]);
  await another.says(/( works), /);
  for (const { college, gate, sender, lease } of held) {
    // It has been renewed, and would be over otherwise; all the time the others are called to this college.
    await eventually(async () => {
      await sender.change('programs', 'p1');
      expect((await leaseOf(college)).seconds).toBeGreaterThan(lease.seconds + LEASE_S);
    });
    expect(await leaseOf(college)).toMatchObject({ lease: lease.lease });
    expect(college.called().filter((name) => name === USERS)).toHaveLength(1);
    gate.open();
    await untilDrained(college);
    await expectNothingLost(sceneOf(college), sender.ledger);
  }
  for (const worker of [own, another]) expect(await worker.end('SIGTERM')).toBe(0);
});

/** A lease that is not renewed is over after that time. */
const LEASE_S = 10;

async function leaseOf(college: College): Promise<{ lease: string | null; seconds: number }> {
  const [line] = await college.query<{ lease: string | null; seconds: number }>(
    `SELECT lease, extract(epoch FROM leased_until)::float8 AS seconds FROM push_target
     WHERE tenant_id = $1 AND kind = 'user' ORDER BY subject LIMIT 1`,
    [college.tenant],
  );
  return line ?? { lease: null, seconds: 0 };
}

it('a key is held by its request, and left to it by the others', async () => {
  const { superuserUrl } = stage.database;
  for (const seed of SEEDS) {
    const college = stage.next();
    const first = senderOf(college, () => urlOf(seed));
    const others = [1, 2].map((n) => senderOf(college, () => urlOf(seed + n), first.ledger));
    await fill(first);
    const request = first.ledger.next('students', ['s1']);
    const row = `SELECT FROM student WHERE tenant_id = $1 AND zoho_id = 's1' FOR UPDATE`;
    let isDone = Promise.resolve(false);
    const meanwhile = async (): Promise<void> => {
      isDone = first.attempt(request);
      await untilBlocked(1, superuserUrl);
      for (const other of others) expect(await other.attempt(request)).toBe(false);
    };
    await whileLocked(row, [college.tenant], meanwhile, superuserUrl);
    expect(await isDone).toBe(true);
    expect(first.ledger.again).toEqual({ 409: 2 });
    await drain(college);
    for (const url of servers.map((server) => server.url))
      await expectNothingLost({ ...sceneOf(college), url }, first.ledger);
  }
});

describe('a record with a Modified_Time of now', () => {
  /** A moment later each time. */
  let time = Date.now();
  const now = (): { Modified_Time: string } => ({ Modified_Time: new Date((time += 1_000)).toISOString() });

  it('is taken by each of them, one after the other', async () => {
    const { tenant } = stage.next();
    for (let n = 0; n < 2 * CLOCKS.length; n += 1) {
      const { results } = await at(n).sync(
        'students',
        { data: [student('s1', { City: `c${n}`, ...now() })] },
        { tenant },
      );
      expect(results).toEqual([expect.objectContaining({ status: n === 0 ? 'NEW' : 'UPDATED' })]);
      expect(results[0]).not.toHaveProperty('warnings');
    }
  });

  it.each([0, 1, 2])('brings back what was deleted before, by a notice without a time (process %i)', async (n) => {
    const { tenant } = stage.next();
    await at(1).sync('programs', { data: [program('p1', now())] }, { tenant });
    await at(n).sync('programs', { ids: ['p1'], operation: 'delete' }, { tenant });
    const later = { Modified_Time: new Date(Date.now() + 1_000).toISOString() };
    const { results } = await at(1).sync('programs', { data: [program('p1', later)] }, { tenant });
    expect(results).toEqual([expect.objectContaining({ status: 'UPDATED' })]);
  });
});

it('requests are counted together, for a minute', async () => {
  const tenant = newTenant();
  const body = JSON.stringify({ id: tenant, limits: { requests_per_minute: 20 } });
  const type = { 'Content-Type': 'application/json' };
  expect(await at(1).send('POST', '/v1/admin/tenants', { body, headers: type })).toMatchObject({ status: 201 });
  const answers = [];
  for (let n = 0; n < 60; n += 1) answers.push(await at(n).get('/v1/students', tenant));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.length - refused.length).toBeLessThanOrEqual(20);
  const waits = refused.map(({ headers }) => Number(headers.get('retry-after')));
  expect(Math.max(...waits)).toBeLessThanOrEqual(60);
});
