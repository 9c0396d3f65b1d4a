import { type Content, CONTENTS, Feed, knownStudents, OUTCOMES, tenantOf } from '../feed';
import { type Finding, lineOf } from '../goal';
import { during, type Measured, quantile, ratioOf } from '../measure';
import { bodyOf, upsert } from '../students';
import type { Bench } from '../bench';

let runs = 0;

/** What one cell's two sides did in a round. */
interface Round {
  readonly limit: Measured;
  readonly route: Measured;
}

/**
 * The sync route against the bare statement with the same rows, by records in a request, content and requests at once;
 * both sides right after one another in every round.
 */
export async function sync(bench: Bench): Promise<Finding[]> {
  const { isQuick } = bench;
  const known = isQuick ? 16_000 : 64_000;
  await remember(bench, known);
  const findings: Finding[] = [];
  for (const atOnce of isQuick ? [8] : [8, 1, 32]) {
    for (const size of isQuick ? [1, 100, 1_000] : [1, 10, 100, 1_000]) {
      for (const content of CONTENTS) {
        const rounds: Round[] = [];
        await round(bench, { content, size, atOnce, known });
        for (let n = 0; n < bench.rounds; n += 1) rounds.push(await round(bench, { content, size, atOnce, known }));
        const finding = toFinding({ content, size, atOnce }, rounds);
        bench.say(lineOf(finding));
        findings.push(finding);
      }
    }
  }
  findings.push(await tail(bench, known));
  return findings;
}

interface Cell {
  readonly content: Content;
  readonly size: number;
  readonly atOnce: number;
}

async function remember({ service, machine }: Bench, known: number): Promise<void> {
  for (let from = 0; from < known; from += 1_000) {
    const students = knownStudents(from, 1_000);
    for (const tenant of ['bench', 'still']) {
      await service.caller.sync(tenant, bodyOf(students), 1_000, 'NEW');
      await upsert(machine.owner, tenant, students);
    }
  }
  await machine.owner.query('VACUUM (ANALYZE) public.student');
  await machine.owner.query('VACUUM (ANALYZE) bench.student');
}

async function round(
  { machine, service, milliseconds }: Bench,
  { content, size, atOnce, known }: Cell & { readonly known: number },
): Promise<Round> {
  runs += 1;
  const tenant = tenantOf(content);
  const bare = new Feed(content, size, known, `b${runs}-`);
  const sent = new Feed(content, size, known, `r${runs}-`);
  const limit = (): Promise<Measured> => during(milliseconds, atOnce, () => upsert(machine.owner, tenant, bare.next()));
  const route = (): Promise<Measured> =>
    during(milliseconds, atOnce, () => service.caller.sync(tenant, bodyOf(sent.next()), size, OUTCOMES[content]));
  // What the machine does meanwhile meets both.
  if (runs % 2 === 0) return { limit: await limit(), route: await route() };
  const first = await route();
  return { route: first, limit: await limit() };
}

function toFinding({ content, size, atOnce }: Cell, rounds: readonly Round[]): Finding {
  const ratio = ratioOf(rounds.map(({ limit, route }) => route.speed / limit.speed));
  const isGoal = atOnce === 8 && (size >= 100 || (size === 1 && content === 'new'));
  const fast = ratioOf(rounds.map(({ route }) => route.speed * size)).value;
  const bare = ratioOf(rounds.map(({ limit }) => limit.speed * size)).value;
  return {
    section: 'sync',
    what: `${content}, ${size} a request, ${atOnce} at once / bare upsert`,
    ratio,
    goal: isGoal ? { kind: 'least', value: content === 'unchanged' ? 0.6 : 0.3 } : null,
    remark: `${Math.round(fast)} of ${Math.round(bare)} records/s`,
  };
}

/** The slowest of single new records, against a route that does no more than commit a row. */
async function tail({ service, rounds, milliseconds, say }: Bench, known: number): Promise<Finding> {
  const ratios: number[] = [];
  let slowest = 0;
  for (let n = 0; n < rounds; n += 1) {
    runs += 1;
    const feed = new Feed('new', 1, known, `t${runs}-`);
    const commit = await during(milliseconds * 2, 8, () => service.caller.get('/bench/commit'));
    const route = await during(milliseconds * 2, 8, () => service.caller.sync('bench', bodyOf(feed.next()), 1, 'NEW'));
    slowest = quantile(route.latencies, 0.99);
    ratios.push(slowest / quantile(commit.latencies, 0.99));
  }
  const finding: Finding = {
    section: 'sync',
    what: 'p99 of one new record, 8 at once / route that commits',
    ratio: ratioOf(ratios),
    goal: { kind: 'most', value: 5 },
    remark: `${slowest.toFixed(1)} ms in the last round`,
  };
  say(lineOf(finding));
  return finding;
}
