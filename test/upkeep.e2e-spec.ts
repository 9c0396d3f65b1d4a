import { UpkeepService } from '../src/upkeep/upkeep.service';
import { newTenant, TestService } from './support/app';
import { ask, withOwnDatabase } from './support/databases';
import { courseClass, enrollment, inTenant, program, student, type Waiting } from './support/in-tenant';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const { sync, deferred, stored, send, tick } = inTenant(() => ({ service, tenant }));

describe('what waits', () => {
  it('is found by the sweep when its parent came without a word', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment());
    await ask(
      `INSERT INTO class (tenant_id, id, zoho_id, fingerprint, last_sync, name) VALUES ($1, gen_random_uuid(), 'c1', 'x', now(), 'C')`,
      [tenant],
    );
    await tick();
    expect(await stored('enrollments', 'e1')).toBe(true);
    const runs = await service.get<{ data: object[] }>('/v1/runs', tenant);
    expect(runs.body.data[0]).toMatchObject({ kind: 'sweep', entity: null, released: 1 });
  });

  it('expires into a visible list after its days, and can still be tried', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment('e1'), enrollment('e2'));
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1 AND zoho_id = 'e1'`, [
      tenant,
    ]);
    await tick();
    expect(await deferred('?state=expired')).toMatchObject([{ zoho_id: 'e1', missing: [{ zoho_id: 'c1' }] }]);
    expect((await sync('classes', courseClass())).released).toBe(1);
    expect(await stored('enrollments', 'e1')).toBe(false);
    const retried = await send('POST', '/v1/deferred/enrollments/e1/retry');
    expect(retried.body).toMatchObject({ released: 1, deferred: null });
    expect(await stored('enrollments', 'e1')).toBe(true);
  });
});

describe('runs', () => {
  it('and changes are forgotten after their days, in portions', async () => {
    await sync('programs', program());
    const old = await sync('programs', { id: 'p1', Name: 'Older' });
    await ask(`UPDATE run SET received_at = now() - interval '91 days' WHERE tenant_id = $1 AND id = $2`, [
      tenant,
      old.run_id,
    ]);
    await ask(
      `UPDATE change_record SET recorded_at = now() - interval '731 days' WHERE tenant_id = $1 AND status = 'NEW'`,
      [tenant],
    );
    await ask(
      `INSERT INTO run (tenant_id, id, kind, received_at, summary, results, released)
       SELECT $1, gen_random_uuid(), 'sweep', now() - interval '91 days', '{}', '[]', 0 FROM generate_series(1, 2500)`,
      [tenant],
    );
    await tick();
    expect((await service.get<{ data: [] }>('/v1/runs', tenant)).body.data).toHaveLength(1);
    const history = await service.get<{ data: object[] }>('/v1/programs/p1/history', tenant);
    expect(history.body.data).toMatchObject([{ status: 'UPDATED', source: null }]);
  });
});

it('the round of each minute goes through all tenants, and one that fails does not end it for good', async () => {
  await withOwnDatabase('upkeep', async (url, superuserUrl) => {
    const own = await TestService.start({ DATABASE_URL: url });
    const tenants = [newTenant(), newTenant()];
    for (const name of tenants) await own.sync('enrollments', { data: [enrollment()] }, { tenant: name });
    await ask(`UPDATE deferred_record SET since = since - interval '31 days'`, [], superuserUrl);
    await ask(`ALTER TABLE tenant RENAME TO elsewhere`, [], superuserUrl);
    await own.app.get(UpkeepService).tick();
    await ask(`ALTER TABLE elsewhere RENAME TO tenant`, [], superuserUrl);
    await own.app.get(UpkeepService).tick();
    const lists = tenants.map((name) => own.get<{ data: Waiting[] }>('/v1/deferred?state=expired', name));
    expect((await Promise.all(lists)).map(({ body }) => body.data.length)).toEqual([1, 1]);
    await own.close();
  });
});
