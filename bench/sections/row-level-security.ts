import type { Pool } from 'pg';
import type { Bench } from '../bench';
import { type Content, CONTENTS, Feed, knownStudents, OUTCOMES, tenantOf } from '../feed';
import { type Finding, lineOf } from '../goal';
import { during, ratioOf, timed } from '../measure';
import type { RunningService } from '../machine';
import { bodyOf } from '../students';

const AT_ONCE = 8;
const WARM_UP = 48;
const TENANTS = 20;

/** A database with a service on it, whose policies can be switched off. */
interface Site {
  readonly owner: Pool;
  readonly service: RunningService;
  /** rows of each tenant that the requests are about */
  readonly known: number;
}

let runs = 0;

/**
 * The sync route with the policies against the same without: on, off and on again right after one another in every
 * round, so that what the machine does meanwhile meets both.
 */
export async function rowLevelSecurity(bench: Bench): Promise<Finding[]> {
  const { machine, isQuick, rounds, say } = bench;
  const { url, owner } = await machine.addDatabase('rls');
  // The disk would be waited for with policies as without: that would only hide what they cost.
  await owner.query('ALTER DATABASE rls SET synchronous_commit = off');
  const site = { owner, service: await machine.startService(url), known: isQuick ? 4_000 : 16_000 };
  try {
    await fill(site);
    const findings: Finding[] = [];
    for (const size of isQuick ? [100] : [1, 100, 1_000]) {
      for (const content of CONTENTS) {
        const ratios: number[] = [];
        await speedOf(bench, site, size, content);
        for (let n = 0; n < rounds; n += 1) ratios.push(await round(bench, site, size, content));
        const finding: Finding = {
          section: 'rls',
          what: `${content}, ${size} a request, row-level security / without`,
          ratio: ratioOf(ratios),
          goal: { kind: 'least', value: 0.9 },
          remark: '',
        };
        say(lineOf(finding));
        findings.push(finding);
      }
    }
    return findings;
  } finally {
    await site.service.stop();
    await owner.end();
  }
}

/** The tenants that are asked about, and others beside them. */
async function fill({ owner, service, known }: Site): Promise<void> {
  for (let from = 0; from < known; from += 1_000) {
    const body = bodyOf(knownStudents(from, 1_000));
    for (const tenant of ['bench', 'still']) await service.caller.sync(tenant, body, 1_000, 'NEW');
  }
  const body = bodyOf(knownStudents(0, 1_000));
  for (let n = 0; n < TENANTS; n += 1) await service.caller.sync(`other${n}`, body, 1_000, 'NEW');
  await owner.query('VACUUM (ANALYZE)');
}

async function round(bench: Bench, site: Site, size: number, content: Content): Promise<number> {
  const speeds: Record<'on' | 'off', number[]> = { on: [], off: [] };
  for (const which of ['on', 'off', 'on'] as const) {
    await switchPolicies(site.owner, which);
    // Every connection learns anew what the tables are.
    await timed(WARM_UP, AT_ONCE, (n) =>
      site.service.caller.sync('still', bodyOf(knownStudents(n, 1)), 1, 'UNCHANGED'),
    );
    speeds[which].push(await speedOf(bench, site, size, content));
  }
  const [first = 0, again = 0] = speeds.on;
  return (first + again) / 2 / (speeds.off[0] ?? 0);
}

async function speedOf({ milliseconds }: Bench, site: Site, size: number, content: Content): Promise<number> {
  runs += 1;
  const feed = new Feed(content, size, site.known, `l${runs}-`);
  const { speed } = await during(milliseconds, AT_ONCE, () =>
    site.service.caller.sync(tenantOf(content), bodyOf(feed.next()), size, OUTCOMES[content]),
  );
  return speed;
}

async function switchPolicies(owner: Pool, which: 'on' | 'off'): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT DISTINCT polrelid::regclass::text AS name FROM pg_policy ORDER BY 1`,
  );
  for (const { name } of rows)
    await owner.query(`ALTER TABLE ${name} ${which === 'on' ? 'ENABLE' : 'DISABLE'} ROW LEVEL SECURITY`);
}
