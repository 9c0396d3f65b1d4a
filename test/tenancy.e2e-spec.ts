import { DataSource } from 'typeorm';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { newTenant, TestService } from './support/app';
import { ask } from './support/databases';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

/** Tables that hold rows of no tenant. */
const EXEMPT = ['migrations', 'tenant'];

describe('row-level security', () => {
  it('is enabled and forced on every table but the exempt ones, on the transaction’s tenant', async () => {
    const tables = await ask<{ name: string; guarded: boolean }>(`
      SELECT c.relname AS name,
             c.relrowsecurity AND c.relforcerowsecurity AND count(p.polname) = 1
               AND bool_and(pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_id = current_setting(''app.tenant_id''%'
                            AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%tenant_id = current_setting(''app.tenant_id''%') AS guarded
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
      WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') GROUP BY c.oid`);
    expect(tables.length).toBeGreaterThan(3);
    expect(
      tables
        .filter(({ guarded }) => !guarded)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(EXEMPT);
  });

  it('has every unique key and index of those tables begin with the tenant', async () => {
    const indexes = await ask<{ name: string }>(
      `
      SELECT i.indexrelid::regclass::text AS name FROM pg_index i
      JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
      WHERE n.nspname = 'public' AND a.attname <> 'tenant_id' AND t.relname <> ALL($1)`,
      [EXEMPT],
    );
    expect(indexes).toEqual([]);
  });

  it('shows a statement that forgot its tenant nothing, and lets it write nothing for another', async () => {
    const [mine, theirs] = [newTenant(), newTenant()];
    await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant: theirs });
    const transaction = service.app.get(TenantTransaction);
    const count = (tenant: string) =>
      transaction.run(tenant, (db) => db.query<{ n: number }[]>('SELECT count(*)::int AS n FROM program'));
    expect(await count(mine)).toEqual([{ n: 0 }]);
    expect(await count(theirs)).toEqual([{ n: 1 }]);
    const forge = transaction.run(mine, (db) =>
      db.query(`INSERT INTO unique_value (tenant_id, entity, value, zoho_id) VALUES ($1, 'student', 'x', '1')`, [
        theirs,
      ]),
    );
    await expect(forge).rejects.toMatchObject({ driverError: { code: '42501' } });
    const steal = await transaction.run(mine, (db) => db.query(`UPDATE program SET name = 'x' RETURNING zoho_id`));
    expect(steal).toEqual([[], 0]);
  });

  it('shows a connection without a transaction’s tenant nothing, though its role owns the tables', async () => {
    await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant: newTenant() });
    const rows: unknown = await service.app.get(DataSource).query('SELECT count(*)::int AS n FROM program');
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('leaves neither tenant nor role on a pooled connection', async () => {
    const transaction = service.app.get(TenantTransaction);
    await Promise.all(Array.from({ length: 40 }, () => transaction.run(newTenant(), (db) => db.query('SELECT 1'))));
    const rows: unknown = await service.app
      .get(DataSource)
      .query(
        `SELECT coalesce(current_setting('app.tenant_id', true), '') AS tenant, current_user = session_user AS same`,
      );
    expect(rows).toEqual([{ tenant: '', same: true }]);
  });
});

it('500 mixed requests of 20 tenants at once leave each with its own rows alone', async () => {
  const tenants = Array.from({ length: 20 }, newTenant);
  await Promise.all(
    Array.from({ length: 500 }, (_none, n) => {
      const tenant = tenants[n % 20] ?? '';
      const data = [
        {
          id: `s${Math.floor(n / 20) % 5}`,
          Display_Name: tenant,
          Academic_Email: `s${Math.floor(n / 20) % 5}@c.example`,
        },
      ];
      return service.sync('students', { data }, { tenant });
    }),
  );
  for (const tenant of tenants) {
    const { body } = await service.get<{ data: { display_name: string }[] }>('/v1/students', tenant);
    expect(body.data.map((row) => row.display_name)).toEqual(Array(5).fill(tenant));
  }
});
