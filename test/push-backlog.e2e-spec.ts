import { StatementLine } from '../src/database/statement-train';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { ask, untilBlocked, whileLocked } from './support/databases';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
beforeAll(async () => {
  push = await PushService.start(3);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Statements that are sent while the work is done. */
async function sentBy(work: () => Promise<unknown>): Promise<Statement[]> {
  const spy = jest.spyOn(StatementLine.prototype, 'send');
  try {
    await work();
    return spy.mock.calls.map(([{ text, values = [] }]) => ({ text, values }));
  } finally {
    spy.mockRestore();
  }
}

it('goes to Moodle in as few calls as may be, all of about the same size', async () => {
  await college.sync('students', ...Array.from({ length: 120 }, (_none, n) => student(`s${n}`)));
  await college.push();
  const lookUp = 'core_user_get_users_by_field';
  const create = 'core_user_create_users';
  expect(college.called().slice(2)).toEqual([lookUp, lookUp, lookUp, create, create, create]);
  const sizes = college.moodle.writingCalls().map(({ params }) => (params['users'] as unknown[]).length);
  expect(sizes).toEqual([40, 40, 40]);
});

it('is planned once, when two workers find at the same time that nothing was planned before', async () => {
  await college.sync('students', student('s1'));
  let rounds: Promise<unknown>[] = [];
  const statements = await sentBy(async () => {
    // Nothing can be written about how tenants stand until both want to.
    await whileLocked('LOCK TABLE push_tenant IN SHARE MODE', [], async () => {
      rounds = [college.push(), college.push()];
      await untilBlocked(2);
    });
    await Promise.all(rounds);
  });
  expect(statements.filter(({ text }) => text.startsWith('INSERT INTO push_mark'))).toHaveLength(1);
  expect(college.made.users).toHaveLength(1);
});

/** How many targets were looked at, by whichever step of the plan looked at most. */
function mostLookedAt(plan: PlanNode): number {
  const { 'Relation Name': table, 'Actual Rows': rows = 0, 'Actual Loops': loops = 1, Plans: below = [] } = plan;
  const looked = table === 'push_target' ? (rows + (plan['Rows Removed by Filter'] ?? 0)) * loops : 0;
  return Math.max(looked, ...below.map(mostLookedAt));
}

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Each statement and how many targets it looks at; what they do is taken back. */
async function lookedAt(statements: readonly Statement[]): Promise<[string, number][]> {
  const told: [string, number][] = [];
  const undone = new Error('undone');
  const explaining = push.service.app.get(TenantTransaction).run(college.tenant, async (db) => {
    for (const { text, values } of statements) {
      const [line] = await db.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        values,
      );
      told.push([text, line ? mostLookedAt(line['QUERY PLAN'][0].Plan) : Number.NaN]);
    }
    throw undone;
  });
  await explaining.catch((error: unknown) => expect(error).toBe(undone));
  return told;
}

it('of one change looks at few targets, where thousands are as they should be', async () => {
  const everything = async (): Promise<void> => {
    await college.sync('students', student('s1'));
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  };
  await college.push();
  for (const [kind, place] of [
    ['user', "''"],
    ['enrolment', "'program:p' || n % 20"],
    ['membership', "'class:c' || n % 100 || '/program:p' || n % 20"],
  ])
    await college.query(
      `INSERT INTO push_target (tenant_id, id, kind, subject, place, wanted, pushed, state, attempts, is_active,
         is_doubtful, is_approved, changed_at, moodle_id, pushed_digest)
       SELECT $1, gen_random_uuid(), $2, 'student:x' || n, ${place}, 1, 1, 'pushed', 0, true, false, false, now(), n, 'f'
       FROM generate_series(1, 5000) AS n`,
      [college.tenant, kind],
    );
  await ask('ANALYZE push_target');
  const statements = await sentBy(async () => {
    await everything();
    await college.push();
  });
  const ofTargets = statements.filter(({ text }) => /^(SELECT|INSERT|UPDATE)[^]*push_target/.test(text));
  expect(ofTargets.length).toBeGreaterThan(20);
  const all = await lookedAt(ofTargets);
  expect(all.filter(([, count]) => !(count < 500))).toEqual([]);
});
