import { DataSource } from 'typeorm';
import { EXEMPT_TABLES } from './support/exempt-tables';
import { APPLICATION_ROLE } from '../src/database/tenant-table';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { newTenant, TestService } from './support/app';
import { ask, withOwnDatabase } from './support/databases';
import { unguarded } from './support/unguarded-tables';

const FORCED = 'ALTER TABLE leak ENABLE ROW LEVEL SECURITY; ALTER TABLE leak FORCE ROW LEVEL SECURITY;';
const POLICY = `CREATE POLICY own ON leak USING (tenant_id = current_setting('app.tenant_id', true))
  WITH CHECK (tenant_id = current_setting('app.tenant_id', true));`;

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

/** An index of blocks, which has no keys: what is removed by its age is found by it, whosesoever it is. */
const BY_BLOCKS = { name: 'change_record_recorded_at_idx' };

describe('row-level security', () => {
  it('is enabled and forced on every table but the exempt ones, on the transaction’s tenant', async () => {
    expect(await unguarded()).toEqual([]);
  });

  it('is missed by the list of exempt tables nowhere: each of them is there, and without a policy', async () => {
    const found = await ask<{ name: string }>(
      `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND n.nspname = 'public'`,
    );
    expect(found.map(({ name }) => name).toSorted()).toEqual([...EXEMPT_TABLES.keys()].toSorted());
  });

  it.each([
    ['has no row-level security', ''],
    ['does not force it on its owner', `ALTER TABLE leak ENABLE ROW LEVEL SECURITY; ${POLICY}`],
    ['has 0 policies', FORCED],
    ['has 2 policies', `${FORCED} ${POLICY} CREATE POLICY more ON leak USING (true);`],
    ['has a policy that is not', `${FORCED} CREATE POLICY own ON leak USING (true) WITH CHECK (true);`],
    ['has a policy that is not', `${FORCED} ${POLICY.replace(' WITH CHECK (', ' WITH CHECK (true OR ')}`],
    ['has a policy that is not', `${FORCED} ${POLICY.replace(' USING', ' TO postgres USING')}`],
    ['reads in the name of its owner', `DROP TABLE leak; CREATE VIEW leak AS SELECT * FROM student`],
    ['knows no policies', `DROP TABLE leak; CREATE MATERIALIZED VIEW leak AS SELECT * FROM student`],
    [
      'runs in the name of its owner',
      `DROP TABLE leak; CREATE FUNCTION leak() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT count(*) FROM student'`,
    ],
  ])('would be missed where something %s', async (fault, sql) => {
    await withOwnDatabase('leaky', async (_url, superuserUrl) => {
      await ask(`CREATE TABLE leak (tenant_id text NOT NULL, PRIMARY KEY (tenant_id)); ${sql}`, [], superuserUrl);
      expect(await unguarded(superuserUrl)).toEqual([expect.stringMatching(`^public.leak .*${fault}`)]);
    });
  });

  it('has every unique key, index and foreign key of those tables begin with the tenant', async () => {
    const tables = [...EXEMPT_TABLES.keys()].map((name) => name.replace('public.', ''));
    const indexes = await ask<{ name: string }>(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i
       JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
       WHERE n.nspname = 'public' AND a.attname <> 'tenant_id' AND t.relname <> ALL($1)
       UNION ALL
       SELECT k.conname FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
       JOIN pg_namespace n ON n.oid = t.relnamespace
       WHERE k.contype = 'f' AND n.nspname = 'public'
         AND NOT EXISTS (SELECT FROM pg_attribute a
                         WHERE a.attrelid = t.oid AND a.attnum = k.conkey[1] AND a.attname = 'tenant_id')`,
      [tables],
    );
    expect(indexes).toEqual([BY_BLOCKS]);
  });

  it('is bypassed by no role of the service, which owns nothing and may not empty a table', async () => {
    expect(
      await ask(`SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = $1`, [
        APPLICATION_ROLE,
      ]),
    ).toEqual([{ rolsuper: false, rolbypassrls: false, rolcanlogin: false, rolcreaterole: false }]);
    expect(
      await ask(
        `SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = $1
         AND privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')`,
        [APPLICATION_ROLE],
      ),
    ).toEqual([]);
    expect(await ask(`SELECT relname FROM pg_class WHERE relowner = $1::regrole`, [APPLICATION_ROLE])).toEqual([]);
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
    await expect(forge).rejects.toMatchObject({ code: '42501' });
    const steal = await transaction.run(mine, (db) => db.query(`UPDATE program SET name = 'x' RETURNING zoho_id`));
    expect(steal).toEqual([]);
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
