import { newTenant, TestService } from './support/app';
import { ask, untilBlocked, whileLocked } from './support/databases';
import { eventually } from './support/eventually';
import { courseClass, enrollment, inTenant, student } from './support/in-tenant';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const { sync, deferred, stored, row } = inTenant(() => ({ service, tenant }));

/** What waits under an id, as a transaction that is to change it locks it. */
const LOCK = `SELECT FROM deferred_record WHERE tenant_id = $1 AND entity = 'enrollment' AND zoho_id = $2 FOR UPDATE`;

describe('parents and children at the same time', () => {
  it('find each other in every interleaving', async () => {
    for (let round = 0; round < 40; round += 1) {
      tenant = newTenant();
      await sync('classes', courseClass());
      await Promise.all([sync('enrollments', enrollment()), sync('students', student())]);
      expect(await stored('enrollments', 'e1')).toBe(true);
      expect(await deferred()).toEqual([]);
    }
  });

  it('find each other when two parents arrive at once', async () => {
    for (let round = 0; round < 40; round += 1) {
      tenant = newTenant();
      await sync('enrollments', enrollment(), enrollment('e2'));
      const reports = await Promise.all([sync('classes', courseClass()), sync('students', student())]);
      expect(await stored('enrollments', 'e1')).toBe(true);
      expect(await deferred()).toEqual([]);
      expect(reports.reduce((sum, { released = 0 }) => sum + released, 0)).toBeGreaterThanOrEqual(2);
      const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
      expect(history.body.data).toHaveLength(1);
    }
  });

  it('lose no newer version that comes while an older one is released', async () => {
    for (let round = 0; round < 20; round += 1) {
      tenant = newTenant();
      await sync('classes', courseClass());
      await sync('enrollments', enrollment('e1', { Status: 'Active', Modified_Time: '2026-02-14T10:00:00Z' }));
      await Promise.all([
        sync('students', student()),
        sync('enrollments', enrollment('e1', { Status: 'Withdrawn', Modified_Time: '2026-02-14T11:00:00Z' })),
      ]);
      expect(await row('enrollments', 'e1')).toMatchObject({ status: 'Withdrawn' });
      expect(await deferred()).toEqual([]);
    }
  });

  it('lose no update of a row whose waiting change is released at the same time', async () => {
    for (let round = 0; round < 40; round += 1) {
      tenant = newTenant();
      await sync('students', student());
      await sync('classes', courseClass());
      await sync('enrollments', enrollment('e1', { Status: 'a' }));
      await sync('enrollments', enrollment('e1', { Class: 'c2', Status: 'b' }));
      await Promise.all([sync('classes', courseClass('c2')), sync('enrollments', { id: 'e1', Status: 'a' })]);
      expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c2', status: 'a' });
      expect(await deferred()).toEqual([]);
    }
  });

  it('lose no update that takes what waits before its release does', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    await sync('enrollments', enrollment('e1', { Status: 'a' }));
    await sync('enrollments', enrollment('e1', { Class: 'c2', Status: 'b' }));
    const both = await whileLocked(LOCK, [tenant, 'e1'], async () => {
      const update = sync('enrollments', { id: 'e1', Status: 'a' });
      await untilBlocked(1);
      const parent = sync('classes', courseClass('c2'));
      await untilBlocked(2);
      return [update, parent];
    });
    await Promise.all(both);
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c2', status: 'a' });
    expect(await deferred()).toEqual([]);
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data).toMatchObject([{ changes: { class: { before: 'c1', after: 'c2' } } }, { status: 'NEW' }]);
    expect(history.body.data[0]).not.toHaveProperty('changes.status');
  });

  it('lose no update that takes what waits after its release', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    await sync('enrollments', enrollment('e0', { Class: 'c3' }), enrollment('e1', { Status: 'a' }));
    await sync('enrollments', enrollment('e1', { Class: 'c2', Status: 'b' }));
    const both = await whileLocked(LOCK, [tenant, 'e0'], async () => {
      // It has read both, and stands before e0; e1 comes after that.
      const update = sync('enrollments', { id: 'e0', Status: 'a' }, { id: 'e1', Status: 'a' });
      await untilBlocked(1);
      expect(await sync('classes', courseClass('c2'))).toMatchObject({ released: 1 });
      return [update];
    });
    const [update] = await Promise.all(both);
    expect(update?.results).toMatchObject([
      { status: 'SKIPPED' },
      { status: 'UPDATED', changes: { status: { before: 'b', after: 'a' } } },
    ]);
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c2', status: 'a' });
    expect(await deferred()).toMatchObject([{ zoho_id: 'e0' }]);
  });

  it('20,000 children of one parent: 1,000 before its answer, the rest behind it, each once', async () => {
    await sync('classes', courseClass());
    for (const half of [0, 1]) {
      const batch = Array.from({ length: 10_000 }, (_none, n) => enrollment(`e${half * 10_000 + n}`));
      expect((await sync('enrollments', ...batch)).summary).toMatchObject({ SKIPPED: 10_000 });
    }
    const report = await sync('students', student());
    expect(report).toMatchObject({ released: 1_000, releasing: true });
    await eventually(async () => expect(await deferred('?limit=1')).toEqual([]));
    const counts = await ask(
      `SELECT (SELECT count(*)::int FROM enrollment WHERE tenant_id = $1) AS rows,
              (SELECT count(*)::int FROM change_record WHERE tenant_id = $1 AND entity = 'enrollment') AS changes,
              (SELECT released FROM run WHERE tenant_id = $1 AND id = $2) AS released`,
      [tenant, report.run_id],
    );
    expect(counts).toEqual([{ rows: 20_000, changes: 20_000, released: 20_000 }]);
  });
});
