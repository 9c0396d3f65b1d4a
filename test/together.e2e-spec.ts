import { Client } from 'pg';
import { TenantTransaction } from '../src/database/tenant-transaction';
import type { SyncReport } from '../src/sync/sync-report';
import { newTenant, statusesOf, TestService } from './support/app';
import { ask, withOwnDatabase } from './support/databases';

const student = (n: number, rest: object = {}) => ({
  id: `s${n}`,
  Display_Name: `S ${n}`,
  Academic_Email: `s${n}@c.example`,
  ...rest,
});

/** How often a statement that begins so is sent while the work is done. */
async function countOf(beginning: string, work: () => Promise<unknown>): Promise<number> {
  const spy = jest.spyOn(Client.prototype, 'query');
  try {
    await work();
    const texts = spy.mock.calls.map(([asked]) =>
      typeof asked === 'string' ? asked : (asked as { text: string }).text,
    );
    return texts.filter((text) => text.startsWith(beginning)).length;
  } finally {
    spy.mockRestore();
  }
}

describe('webhooks that come at the same time', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start();
  });
  afterAll(() => service.close());

  const send = (tenant: string, ...records: object[]): Promise<SyncReport> =>
    service.sync('students', { data: records }, { tenant });

  it('share transactions, and keep runs, answers and histories of their own', async () => {
    const tenant = newTenant();
    let reports: SyncReport[] = [];
    const transactions = await countOf('INSERT INTO run ', async () => {
      reports = await Promise.all(Array.from({ length: 40 }, (_none, n) => send(tenant, student(n))));
    });
    expect(transactions).toBeLessThan(20);
    for (const [n, report] of reports.entries()) {
      expect(report).toMatchObject({ summary: { total: 1, NEW: 1 }, results: [{ zoho_student_id: `s${n}` }] });
    }
    const runs = await ask('SELECT id, summary ->> $2 AS new FROM run WHERE tenant_id = $1 ORDER BY id', [
      tenant,
      'NEW',
    ]);
    expect(runs).toEqual(
      reports.map(({ run_id: id }) => ({ id, new: '1' })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const changes = await ask('SELECT zoho_id, run_id FROM change_record WHERE tenant_id = $1', [tenant]);
    const told = reports.map(({ run_id: id }, n) => ({ zoho_id: `s${n}`, run_id: id }));
    expect(new Set(changes.map((line) => JSON.stringify(line)))).toEqual(
      new Set(told.map((line) => JSON.stringify(line))),
    );
  });

  it('give an e-mail address that several want to one of them, and tell the others', async () => {
    const tenant = newTenant();
    const same = { Academic_Email: 'one@c.example' };
    const reports = await Promise.all(Array.from({ length: 12 }, (_none, n) => send(tenant, student(n, same))));
    const statuses = reports.flatMap(statusesOf);
    expect(statuses.toSorted()).toEqual([...Array.from({ length: 11 }, () => 'INVALID'), 'NEW']);
    const refused = reports.find((report) => statusesOf(report)[0] === 'INVALID');
    expect(refused?.results[0]?.errors).toMatchObject([{ code: 'DUPLICATE_DATA' }]);
  });

  it('do not wait for a lock that only one of them needs', async () => {
    const tenant = newTenant();
    await send(tenant, ...[1, 2, 3].map((n) => student(n)));
    const [held, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const holding = service.app.get(TenantTransaction).run(tenant, async (db) => {
      await db.query(`SELECT FROM student WHERE tenant_id = $1 AND zoho_id = 's1' FOR UPDATE`, [tenant]);
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    const ended: number[] = [];
    const all = [1, 2, 3].map(async (n) => {
      const report = await send(tenant, student(n, { City: 'Amman' }));
      ended.push(n);
      return statusesOf(report);
    });
    await Promise.all(all.slice(1));
    expect(ended).not.toContain(1);
    release.resolve(undefined);
    expect(await Promise.all(all)).toEqual([['UPDATED'], ['UPDATED'], ['UPDATED']]);
    await holding;
  });

  it('leave the newest when they are about one record, each change told once', async () => {
    const tenant = newTenant();
    const versions = Array.from({ length: 12 }, (_none, n) => `2026-02-14T10:00:${String(n + 10)}Z`);
    const reports = await Promise.all(
      versions.map((version) => send(tenant, student(1, { City: version, Modified_Time: version }))),
    );
    const { body } = await service.get<{ city: string }>('/v1/students/s1', tenant);
    expect(body.city).toBe(versions.at(-1));
    const told = reports.flatMap(statusesOf);
    expect(told.filter((status) => status === 'NEW')).toHaveLength(1);
    const changes = await ask('SELECT FROM change_record WHERE tenant_id = $1', [tenant]);
    expect(changes).toHaveLength(told.filter((status) => status !== 'STALE').length);
  });

  it('wait for parents, and are released, each for itself', async () => {
    const tenant = newTenant();
    const enrollment = (n: number) => ({ id: `e${n}`, Student: { id: `s${n}` }, Classes: { id: 'c1' } });
    await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant });
    await service.sync('classes', { data: [{ id: 'c1', Name: 'C1', BTEC_Program: { id: 'p1' } }] }, { tenant });
    const ids = Array.from({ length: 10 }, (_none, n) => n);
    const waiting = await Promise.all(
      ids.map((n) => service.sync('enrollments', { data: [enrollment(n)] }, { tenant })),
    );
    expect(waiting.flatMap(statusesOf)).toEqual(ids.map(() => 'SKIPPED'));
    const parents = await Promise.all(ids.map((n) => send(tenant, student(n))));
    expect(parents.map(({ released }) => released)).toEqual(ids.map(() => 1));
  });
});

it('one whose record the database refuses spoils none of those that share its transaction', async () => {
  await withOwnDatabase('together', async (url, superuserUrl) => {
    await ask(`ALTER TABLE student ADD CONSTRAINT refusing CHECK (city <> 'refuse me')`, [], superuserUrl);
    const service = await TestService.start({ DATABASE_URL: url });
    try {
      const tenant = newTenant();
      const city = (n: number): string => (n % 5 === 3 ? 'refuse me' : 'Amman');
      const reports = await Promise.all(
        Array.from({ length: 20 }, (_none, n) =>
          service.sync(
            'students',
            { data: [student(n, { City: city(n) })] },
            { tenant, headers: { 'X-Request-Id': `req-${n}` } },
          ),
        ),
      );
      expect(reports.flatMap(statusesOf)).toEqual(
        Array.from({ length: 20 }, (_none, n) => (n % 5 === 3 ? 'ERROR' : 'NEW')),
      );
      for (const n of [3, 8, 13, 18]) expect(reports[n]?.results[0]?.message).toContain(`req-${n}`);
    } finally {
      await service.close();
    }
  });
});
