import { Client } from 'pg';
import { StatementLine } from '../src/database/statement-train';
import type { SyncReport } from '../src/sync/sync-report';
import { newTenant, statusesOf, TestService } from './support/app';
import { ask, untilBlocked, workerDatabaseUrl } from './support/databases';
import { randomFrom, shuffled } from './support/random';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

const student = (id: string, email: string, rest: object = {}) => ({
  id,
  Display_Name: `S ${id}`,
  Academic_Email: email,
  ...rest,
});

/** Each e-mail is claimed by the one row that has it. */
async function expectClaimsAgree(tenant: string): Promise<void> {
  const rows = await ask(`SELECT zoho_id, username AS value FROM student WHERE tenant_id = $1 ORDER BY zoho_id`, [
    tenant,
  ]);
  const claims = await ask(`SELECT zoho_id, value FROM unique_value WHERE tenant_id = $1 ORDER BY zoho_id`, [tenant]);
  expect(claims).toEqual(rows);
}

it('first sights of one id at the same time, each with other keys left out, end as one NEW, and nothing is lost', async () => {
  for (let round = 0; round < 10; round += 1) {
    const tenant = newTenant();
    const parts = [
      { City: 'Istanbul' },
      { Country: 'Turkey' },
      { Phone: '1' },
      { Birth_Date: '2003-04-17' },
      { Status: 'Active' },
      {},
      {},
      {},
    ];
    const reports = await Promise.all(
      parts.map((part) => service.sync('students', { data: [student('1', 'a@c.example', part)] }, { tenant })),
    );
    const statuses = reports.flatMap(statusesOf);
    expect(statuses.filter((status) => status === 'NEW')).toHaveLength(1);
    expect(statuses.filter((status) => !['NEW', 'UPDATED', 'UNCHANGED'].includes(status))).toEqual([]);
    expect(await service.row('students', '1', tenant)).toMatchObject({
      city: 'Istanbul',
      country: 'Turkey',
      phone: '1',
      birth_date: '2003-04-17',
      status: 'Active',
    });
  }
});

it('a change is folded onto what another has stored since the row was read', async () => {
  const tenant = newTenant();
  await service.sync('students', { data: [student('1', 'a@c.example', { City: 'Amman', Phone: '1' })] }, { tenant });
  const other = new Client({ connectionString: workerDatabaseUrl('superuser') });
  await other.connect();
  await other.query('BEGIN');
  await other.query(`UPDATE student SET city = 'Irbid', fingerprint = 'another' WHERE tenant_id = $1`, [tenant]);
  const changing = service.sync('students', { data: [{ id: '1', Phone: '2' }] }, { tenant });
  await untilBlocked(1);
  await other.query('COMMIT');
  await other.end();
  expect(statusesOf(await changing)).toEqual(['UPDATED']);
  expect(await service.row('students', '1', tenant)).toMatchObject({ city: 'Irbid', phone: '2' });
});

it('a version that another has stored since the row was read is not taken back', async () => {
  const tenant = newTenant();
  const at = (hour: number): object => ({ Modified_Time: `2026-02-14T0${hour}:00:00+00:00` });
  await service.sync('students', { data: [student('1', 'a@c.example', { Phone: '1', ...at(1) })] }, { tenant });
  const other = new Client({ connectionString: workerDatabaseUrl('superuser') });
  await other.connect();
  await other.query('BEGIN');
  await other.query(`UPDATE student SET version = '2026-02-14T05:00:00Z' WHERE tenant_id = $1`, [tenant]);
  const changing = service.sync('students', { data: [{ id: '1', Phone: '2', ...at(3) }] }, { tenant });
  await untilBlocked(1);
  await other.query('COMMIT');
  await other.end();
  expect(statusesOf(await changing)).toEqual(['STALE']);
  expect(await service.row('students', '1', tenant)).toMatchObject({ phone: '1' });
});

it('of many new records that want one e-mail at the same time, one gets it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const tenant = newTenant();
    const ids = Array.from({ length: 20 }, (_none, n) => `s${n}`);
    const reports = await Promise.all(
      ids.map((id) => service.sync('students', { data: [student(id, 'one@c.example')] }, { tenant })),
    );
    expect(reports.flatMap(statusesOf).toSorted()).toEqual([...Array<string>(19).fill('INVALID'), 'NEW']);
    await expectClaimsAgree(tenant);
  }
});

it('crossing swaps in separate requests disturb nobody and deadlock nobody', async () => {
  const tenant = newTenant();
  await service.sync('students', { data: [student('1', 'a@c.example'), student('2', 'b@c.example')] }, { tenant });
  for (let round = 0; round < 20; round += 1) {
    const [x, y] = round % 2 === 0 ? ['b', 'a'] : ['a', 'b'];
    const swap = { data: [student('1', `${x}@c.example`), student('2', `${y}@c.example`)] };
    const reports = await Promise.all([
      service.sync('students', swap, { tenant }),
      service.sync('students', { data: swap.data.toReversed() }, { tenant }),
      service.sync('students', { data: [student('1', `${x}@c.example`)] }, { tenant }),
    ]);
    expect(reports.flatMap(({ results }) => results).filter(({ status }) => status === 'ERROR')).toEqual([]);
    await expectClaimsAgree(tenant);
  }
});

it('12 writers of overlapping batches in random order that share e-mails: no error reaches a caller', async () => {
  const tenant = newTenant();
  const random = randomFrom(20_261_123);
  const writers = Array.from({ length: 12 }, async () => {
    const reports: SyncReport[] = [];
    for (let n = 0; n < 8; n += 1) {
      const ids = shuffled(
        Array.from({ length: 60 }, (_none, at) => at),
        random,
      ).slice(0, 40);
      const data = ids.map((id) =>
        student(`s${id}`, `m${Math.floor(random() * 80)}@c.example`, { Phone: String(random()) }),
      );
      reports.push(await service.sync('students', { data }, { tenant }));
    }
    return reports;
  });
  const reports = (await Promise.all(writers)).flat();
  expect(reports).toHaveLength(96);
  for (const { results } of reports) {
    expect(results).toHaveLength(40);
    expect(results.filter(({ status }) => !['NEW', 'UPDATED', 'UNCHANGED', 'INVALID'].includes(status))).toEqual([]);
  }
  await expectClaimsAgree(tenant);
});

it('a batch and single records of the same new ids at once: each id is NEW once', async () => {
  const tenant = newTenant();
  const ids = Array.from({ length: 200 }, (_none, n) => `s${n}`);
  const record = (id: string) => student(id, `${id}@c.example`);
  const batches = [ids, ids.toReversed(), shuffled(ids, randomFrom(7))].map((part) =>
    service.sync('students', { data: part.map(record) }, { tenant }),
  );
  const singles = ids.slice(0, 60).map((id) => service.sync('students', { data: [record(id)] }, { tenant }));
  const statuses = (await Promise.all([...batches, ...singles])).flatMap(statusesOf);
  expect(statuses.filter((status) => status === 'NEW')).toHaveLength(200);
  expect(statuses.filter((status) => status === 'UNCHANGED')).toHaveLength(460);
});

describe('the number of statements', () => {
  /** Statements of the tenant's transactions, with those that end them. */
  const statementsOf = async (tenant: string, work: () => Promise<unknown>): Promise<number> => {
    // About one claim of an idempotency key in fifty also clears expired ones away; none of those counted here does.
    const dice = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const within = new Set<StatementLine>();
    let statements = 0;
    const send = Reflect.get(StatementLine.prototype, 'send');
    const spy = jest.spyOn(StatementLine.prototype, 'send').mockImplementation(function (
      this: StatementLine,
      statement,
    ) {
      if (statement.name === 'settings' && statement.values?.includes(tenant)) within.add(this);
      if (within.has(this)) statements += 1;
      return send.call(this, statement);
    });
    await work();
    spy.mockRestore();
    dice.mockRestore();
    return statements;
  };
  const batch = (size: number, rest: object) => ({
    data: Array.from({ length: size }, (_none, n) => student(`s${n}`, `s${n}@c.example`, { Program: 'p1', ...rest })),
  });

  it.each([
    ['new', {}, {}],
    ['changed', { City: 'a' }, { City: 'b' }],
    ['unchanged', { City: 'a' }, { City: 'a' }],
  ])('is the same for 1 and for 1,000 %s records', async (kind, before, after) => {
    const counts: number[] = [];
    for (const size of [1, 1_000]) {
      const tenant = newTenant();
      if (kind !== 'new') await service.sync('students', batch(size, before), { tenant });
      counts.push(await statementsOf(tenant, () => service.sync('students', batch(size, after), { tenant })));
    }
    expect(counts[0]).toBeGreaterThan(10);
    expect(counts[1]).toBe(counts[0]);
  });
});

it('a batch of 10,000 lets /v1/health answer meanwhile', async () => {
  const tenant = newTenant();
  const data = Array.from({ length: 10_000 }, (_none, n) => student(`s${n}`, `s${n}@c.example`));
  const under = { way: true };
  const batch = service.sync('students', { data }, { tenant }).finally(() => (under.way = false));
  let answered = 0;
  while (under.way) {
    expect((await service.send('GET', '/v1/health')).status).toBe(200);
    if (under.way) answered += 1;
  }
  expect((await batch).summary).toMatchObject({ total: 10_000, NEW: 10_000 });
  expect(answered).toBeGreaterThan(10);
});
