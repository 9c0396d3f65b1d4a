import { inFlight } from '../src/database/in-flight';
import type { TenantDb } from '../src/database/tenant-db';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { newTenant, TestService } from './support/app';
import { ask } from './support/databases';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

const transaction = (): TenantTransaction => service.app.get(TenantTransaction);
const claim = (db: TenantDb, tenant: string, value: string): Promise<number> =>
  db.change(`INSERT INTO unique_value (tenant_id, entity, value, zoho_id) VALUES ($1, 'student', $2, 's1')`, [
    tenant,
    value,
  ]);
const claimsOf = async (tenant: string): Promise<string[]> => {
  const rows = await ask<{ value: string }>('SELECT value FROM unique_value WHERE tenant_id = $1 ORDER BY value', [
    tenant,
  ]);
  return rows.map(({ value }) => value);
};

it('runs what is sent together in the order in which it was sent', async () => {
  const tenant = newTenant();
  const [, found] = await transaction().run(tenant, (db) =>
    inFlight([
      claim(db, tenant, 'a'),
      db.query<{ value: string }[]>('SELECT value FROM unique_value WHERE tenant_id = $1', [tenant]),
      claim(db, tenant, 'b'),
    ]),
  );
  expect(found).toEqual([{ value: 'a' }]);
  expect(await claimsOf(tenant)).toEqual(['a', 'b']);
});

it('tells which statement of several failed first, and undoes them all', async () => {
  const tenant = newTenant();
  const failing = transaction().run(tenant, (db) =>
    inFlight([
      (async () => {
        await claim(db, tenant, 'a');
        return await db.query('SELECT 1');
      })(),
      claim(db, tenant, 'a'),
      db.query('SELECT 2'),
    ]),
  );
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  expect(await claimsOf(tenant)).toEqual([]);
});

it.each([
  ['run', (tenant: string, work: (db: TenantDb) => Promise<unknown>) => transaction().run(tenant, work)],
  ['send', (tenant: string, work: (db: TenantDb) => Promise<unknown>) => transaction().send(tenant, work)],
])('%s does not call committed what a failure has undone, though the work passed it over', async (_name, run) => {
  const tenant = newTenant();
  const passedOver = run(tenant, (db) =>
    Promise.allSettled([claim(db, tenant, 'a'), db.query('SELECT 1 / 0'), claim(db, tenant, 'b')]),
  );
  await expect(passedOver).rejects.toThrow('had failed');
  expect(await claimsOf(tenant)).toEqual([]);
});

it.each([
  ['that failed itself', ['0'], '22012'],
  ['that came behind one that failed', ['0', '1'], '22012'],
])('a connection takes a statement again %s when it was new', async (_what, divisors, code) => {
  const tenant = newTenant();
  // Texts that no connection has been given yet.
  const texts = divisors.map((_divisor, at) => `SELECT 1 / $1::int AS quotient, '${tenant} ${at}' AS of`);
  const divide = (db: TenantDb, at: number, divisor: string): Promise<{ quotient: number }[]> =>
    db.keyed(texts[at] ?? '', [divisor]);
  const failing = transaction().run(tenant, (db) => inFlight(divisors.map((divisor, at) => divide(db, at, divisor))));
  await expect(failing).rejects.toMatchObject({ code });
  const work = (db: TenantDb): Promise<{ quotient: number }[][]> =>
    inFlight(texts.map((_text, at) => divide(db, at, '1')));
  // Whichever connection it is, one of these is the one that failed.
  const all = await Promise.all(Array.from({ length: 12 }, () => transaction().run(tenant, work)));
  expect(all.flat(2).map(({ quotient }) => quotient)).toEqual(all.flat(2).map(() => 1));
});

it('a connection takes a statement again that failed when it was new, and then was passed over', async () => {
  const small = await TestService.start({ DATABASE_POOL_SIZE: '1' });
  const tenant = newTenant();
  const divide = (db: TenantDb, divisor: string): Promise<{ quotient: number }[]> =>
    db.keyed(`SELECT 1 / $1::int AS quotient, '${tenant}' AS of`, [divisor]);
  const run = <T>(work: (db: TenantDb) => Promise<T>): Promise<T> => small.app.get(TenantTransaction).run(tenant, work);
  await expect(run((db) => divide(db, '0'))).rejects.toMatchObject({ code: '22012' });
  const passedOver = run((db) => inFlight([db.query('SELECT x FROM nowhere'), divide(db, '1')]));
  await expect(passedOver).rejects.toMatchObject({ code: '42P01' });
  const twice = await run((db) => inFlight([divide(db, '1'), divide(db, '1')]));
  expect(twice).toMatchObject([[{ quotient: 1 }], [{ quotient: 1 }]]);
  await small.close();
});

it('sends nothing into somebody else’s transaction after its own has ended', async () => {
  const tenant = newTenant();
  const kept = await transaction().run(tenant, (db) => Promise.resolve(db));
  await expect(claim(kept, tenant, 'late')).rejects.toThrow('ended');
  expect(await claimsOf(tenant)).toEqual([]);
});

it('looks at what the commit has left, in a transaction of its own', async () => {
  const tenant = newTenant();
  const ids = (db: TenantDb) => db.query<{ id: string }[]>('SELECT pg_current_xact_id()::text AS id');
  const [[before], after] = await transaction().runAndLook(
    tenant,
    async (db) => {
      await claim(db, tenant, 'a');
      return ids(db);
    },
    () => (db) =>
      inFlight([ids(db), db.query<{ n: number }[]>('SELECT count(*)::int AS n FROM unique_value')] as const),
  );
  expect(after?.[1]).toEqual([{ n: 1 }]);
  expect(after?.[0][0]?.id).not.toBe(before?.id);
});

it('leaves no look behind a commit that failed', async () => {
  const tenant = newTenant();
  const looked = jest.fn((db: TenantDb) => db.query('SELECT 1'));
  const failing = transaction().runAndLook(
    tenant,
    async (db) => Promise.allSettled([db.query('SELECT 1 / 0')]),
    () => looked,
  );
  await expect(failing).rejects.toThrow('had failed');
  // The connection goes on as if nothing had been.
  expect(await transaction().run(tenant, (db) => db.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});
