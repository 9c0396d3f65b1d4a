import type { Pool } from 'pg';
import type { Bench } from '../bench';
import { type Finding, lineOf } from '../goal';
import { during, ratioOf } from '../measure';
import type { RunningService } from '../machine';
import { bodyOf, type Student } from '../students';

const SIZE = 100;
const SMALL = 10_000;

/** A database with so many rows of so many tenants, and a service on it. */
interface Site {
  readonly service: RunningService;
  readonly tenants: number;
  readonly rowsOfEach: number;
}

let runs = 0;

/** Whether a record costs more where there are many already, or many tenants; the same work on each, turn by turn. */
export async function growth(bench: Bench): Promise<Finding[]> {
  const large = bench.isQuick ? 200_000 : 1_000_000;
  const sites: Site[] = [];
  for (const [rows, tenants] of [
    [SMALL, 1],
    [large, 1],
    [large, 1_000],
  ] as const) {
    sites.push(await build(bench, `growth_${rows}_${tenants}`, rows, tenants));
  }
  const [small, ...others] = sites;
  if (!small) return [];
  const findings: Finding[] = [];
  for (const site of others) {
    const ratios: number[] = [];
    for (const one of [small, site]) await work(bench, one);
    for (let n = 0; n < bench.rounds; n += 1) {
      const order = n % 2 === 0 ? [small, site] : [site, small];
      const costs = new Map<Site, number>();
      for (const one of order) costs.set(one, await work(bench, one));
      ratios.push((costs.get(site) ?? Number.NaN) / (costs.get(small) ?? Number.NaN));
    }
    const finding: Finding = {
      section: 'growth',
      what: `cost of a record in ${large.toLocaleString('en')} rows of ${site.tenants} / 10,000 of 1`,
      ratio: ratioOf(ratios),
      goal: { kind: 'most', value: 1.15 },
      remark: 'new, changed and unchanged, 100 a request, 8 at once',
    };
    bench.say(lineOf(finding));
    findings.push(finding);
  }
  for (const { service } of sites) await service.stop();
  return findings;
}

async function build({ machine }: Bench, name: string, rows: number, tenants: number): Promise<Site> {
  const { url, owner } = await machine.addDatabase(name);
  const rowsOfEach = rows / tenants;
  for (let tenant = 0; tenant < tenants; tenant += 1) await fill(owner, `t${tenant}`, rowsOfEach);
  await owner.query('VACUUM (ANALYZE)');
  await owner.end();
  return { service: await machine.startService(url), tenants, rowsOfEach };
}

/** Rows as the service would have stored them, but for their fingerprints. */
async function fill(owner: Pool, tenant: string, count: number): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('BEGIN; SET LOCAL synchronous_commit = off');
    await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenant]);
    await client.query('INSERT INTO tenant (id) VALUES ($1) ON CONFLICT DO NOTHING', [tenant]);
    for (const statement of FILL) await client.query(statement, [tenant, count]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

const FILL = [
  `INSERT INTO student (tenant_id, id, zoho_id, fingerprint, last_sync, display_name, academic_email, username, phone, status, city)
   SELECT $1, gen_random_uuid(), 's' || n, repeat('f', 64), now(), 'Student s' || n, 's' || n || '@college.example',
     's' || n || '@college.example', '1', 'Active', 'Amman' FROM generate_series(1, $2::int) AS n`,
  `INSERT INTO unique_value (tenant_id, entity, value, zoho_id)
   SELECT $1, 'student', 's' || n || '@college.example', 's' || n FROM generate_series(1, $2::int) AS n`,
  `INSERT INTO change_record (tenant_id, entity, zoho_id, id, status, changes, run_id, recorded_at)
   SELECT $1, 'student', 's' || n, gen_random_uuid(), 'NEW', '{"city":{"before":null,"after":"Amman"}}', gen_random_uuid(), now()
   FROM generate_series(1, $2::int) AS n`,
];

/** @returns milliseconds for each record */
async function work({ milliseconds }: Bench, { service, tenants, rowsOfEach }: Site): Promise<number> {
  runs += 1;
  let sent = 0;
  const { speed } = await during(milliseconds * 2, 8, async () => {
    sent += 1;
    const tenant = `t${sent % tenants}`;
    const known = Array.from({ length: SIZE }, (): Student => ({
      id: `s${1 + Math.floor(Math.random() * rowsOfEach)}`,
      phone: `${runs}-${sent}`,
    }));
    const distinct = [...new Map(known.map((student) => [student.id, student])).values()];
    const fresh = Array.from({ length: SIZE }, (_none, n) => ({ id: `n${runs}-${sent}-${n}`, phone: '1' }));
    await service.caller.sync(tenant, bodyOf(fresh), SIZE, 'NEW');
    await service.caller.sync(tenant, bodyOf(distinct), distinct.length, 'UPDATED');
    await service.caller.sync(tenant, bodyOf(fresh), SIZE, 'UNCHANGED');
  });
  return 1_000 / speed;
}
