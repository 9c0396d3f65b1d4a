import { newTenant, statusesOf, TestService } from './support/app';
import { ask } from './support/databases';
import { courseClass, enrollment, inTenant, program, student } from './support/in-tenant';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const { sync, deferred, stored, row, tick } = inTenant(() => ({ service, tenant }));

describe('a record whose parents are missing', () => {
  it('is SKIPPED with the first one’s reason and all of them, waits, and is applied when the last one comes', async () => {
    const first = await sync('enrollments', enrollment());
    expect(first.results).toEqual([
      {
        zoho_enrollment_id: 'e1',
        status: 'SKIPPED',
        message: expect.stringContaining('student s1, class c1') as string,
        reason: 'student_not_synced_yet',
        missing: [
          { field: 'student', zoho_id: 's1', reason: 'student_not_synced_yet' },
          { field: 'class', zoho_id: 'c1', reason: 'class_not_synced_yet' },
        ],
        deferred: true,
      },
    ]);
    expect(await deferred()).toMatchObject([
      { entity: 'enrollments', zoho_id: 'e1', state: 'waiting', run_id: first.run_id },
    ]);
    expect(await sync('students', student())).not.toHaveProperty('released');
    expect(await deferred()).toMatchObject([{ missing: [{ field: 'class' }] }]);
    const last = await sync('classes', courseClass());
    expect(last.released).toBe(1);
    expect(await row('enrollments', 'e1')).toMatchObject({ student: 's1', class: 'c1', deleted_at: null });
    expect(await deferred()).toEqual([]);
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data).toMatchObject([
      { status: 'NEW', run_id: last.run_id, waited_since_run_id: first.run_id },
    ]);
    expect((await service.get(`/v1/runs/${last.run_id}`, tenant)).body).toMatchObject({ released: 1 });
  });

  it('waits in a chain: the one that comes last sets all of them free', async () => {
    await sync('payments', { id: 'pay1', Registration: 'r1', Amount: 5 });
    await sync('registrations', { id: 'r1', Student: 's1', Program: 'p1' });
    await sync('enrollments', enrollment());
    await sync('classes', courseClass('c1', { Program: 'p1' }));
    await sync('students', student());
    expect((await deferred()).map(({ zoho_id: id }) => id)).toEqual(['c1', 'e1', 'pay1', 'r1']);
    expect((await sync('programs', program())).released).toBe(4);
    expect(await deferred()).toEqual([]);
    expect(await stored('payments', 'pay1')).toBe(true);
    expect(await stored('enrollments', 'e1')).toBe(true);
  });

  it('asks for nothing that it does not name', async () => {
    await sync('students', student());
    expect(statusesOf(await sync('classes', courseClass()))).toEqual(['NEW']);
    expect(statusesOf(await sync('grades', { id: 'g1', Student: 's1', Grade: 'P' }))).toEqual(['NEW']);
  });

  it('is merged with what comes later: what a newer one leaves out stays, an older one is STALE', async () => {
    const at = (hour: number) => ({ Modified_Time: `2026-02-14T${hour}:00:00Z` });
    await sync('enrollments', enrollment('e1', { Status: 'Active', Enrollment_Type: 'Normal', ...at(10) }));
    const [first] = await deferred();
    const newer = await sync('enrollments', { id: 'e1', Status: 'Withdrawn', ...at(12) });
    expect(newer.results[0]).toMatchObject({ status: 'SKIPPED', deferred: true });
    expect(statusesOf(await sync('enrollments', enrollment('e1', { Status: 'Late', ...at(11) })))).toEqual(['STALE']);
    const [waits] = await deferred();
    expect(waits).toMatchObject({ zoho_id: 'e1', run_id: newer.run_id, since: first?.since });
    expect(waits?.updated_at).not.toBe(first?.updated_at);
    await sync('students', student());
    await sync('classes', courseClass());
    expect(await row('enrollments', 'e1')).toMatchObject({
      status: 'Withdrawn',
      type: 'Normal',
      version: '2026-02-14T12:00:00.000Z',
    });
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data).toHaveLength(1);
  });

  it('is not needed any longer when a newer one names another parent', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    await sync('enrollments', enrollment());
    expect(statusesOf(await sync('enrollments', { id: 'e1', Class: 'c2', Status: 'Active' }))).toEqual(['SKIPPED']);
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c1', status: null });
    const back = await sync('enrollments', { id: 'e1', Class: 'c1' });
    expect(back.results[0]).toMatchObject({
      status: 'UPDATED',
      changes: { status: { before: null, after: 'Active' } },
    });
    expect(await deferred()).toEqual([]);
    expect(await sync('classes', courseClass('c2'))).not.toHaveProperty('released');
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c1' });
  });

  it('never waits with something older than its row', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    const at = (hour: number) => ({ Modified_Time: `2026-02-14T${hour}:00:00Z` });
    await sync('enrollments', enrollment('e1', at(10)));
    await sync('enrollments', enrollment('e1', { Class: 'c2', ...at(11) }));
    // As a request would leave it that did not see what waits.
    await ask(`UPDATE enrollment SET version = '2026-02-14T12:00:00Z' WHERE tenant_id = $1`, [tenant]);
    await sync('classes', courseClass('c2'));
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c1' });
    expect(await deferred()).toEqual([]);
  });

  it('is left out by a dry run, which says that it would wait', async () => {
    const report = await service.sync('enrollments', { data: [enrollment()] }, { tenant, query: '?dryRun=true' });
    expect(statusesOf(report)).toEqual(['SKIPPED']);
    expect(await deferred()).toEqual([]);
  });

  it('that is INVALID does not wait', async () => {
    const report = await sync('enrollments', enrollment('e1', { Start_Date: '02/02/2026' }), { id: 'e2', Class: 'c1' });
    expect(statusesOf(report)).toEqual(['INVALID', 'INVALID']);
    expect(await deferred()).toEqual([]);
  });

  it('that is deleted while it waits is deleted', async () => {
    await sync('enrollments', enrollment());
    expect(statusesOf(await sync('enrollments', { id: 'e1', operation: 'delete' }))).toEqual(['DELETED']);
    expect(await deferred()).toEqual([]);
    await sync('students', student());
    await sync('classes', courseClass());
    expect(await row('enrollments', 'e1')).toMatchObject({ deleted_at: expect.any(String) as string });
  });

  it('finds its parent in the same request’s batch of another entity later, and its own twin in the same batch', async () => {
    await sync('students', student());
    await sync('classes', courseClass('c2'));
    const report = await sync('enrollments', enrollment(), enrollment('e1', { Class: 'c2' }));
    expect(statusesOf(report)).toEqual(['SKIPPED', 'NEW']);
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c2' });
    expect(await deferred()).toEqual([]);
  });
});

describe('a deleted parent', () => {
  it('keeps its children, and lets new ones wait until it is restored', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    await sync('enrollments', enrollment());
    await sync('students', { id: 's1', operation: 'delete' });
    expect(statusesOf(await sync('enrollments', { id: 'e1', Status: 'Withdrawn' }))).toEqual(['UPDATED']);
    const report = await sync('enrollments', enrollment('e2'));
    expect(report.results[0]).toMatchObject({ status: 'SKIPPED', reason: 'student_deleted' });
    const restored = await sync('students', student());
    expect(restored).toMatchObject({ released: 1, summary: { UPDATED: 1 } });
    expect(await stored('enrollments', 'e2')).toBe(true);
  });
});

describe('a record that could not be stored', () => {
  it('is ERROR, waits, and is tried again', async () => {
    await sync('students', student());
    await ask(`ALTER TABLE grade ADD CONSTRAINT no_grade CHECK (grade <> 'broken ' || tenant_id)`);
    const broken = { id: 'g1', Student: 's1', Grade: `broken ${tenant}` };
    const report = await sync('grades', broken, { id: 'g2', Student: 's1', Grade: 'P' });
    expect(report.results).toMatchObject([
      { status: 'ERROR', deferred: true, errors: [{ code: 'NOT_STORED' }] },
      { status: 'NEW' },
    ]);
    expect(await deferred()).toMatchObject([{ entity: 'grades', zoho_id: 'g1', state: 'failed', attempts: 1 }]);
    const due = `UPDATE deferred_record SET next_try_at = now() WHERE tenant_id = $1`;
    await ask(due, [tenant]);
    await tick();
    expect(await deferred()).toMatchObject([{ zoho_id: 'g1', state: 'failed', attempts: 2 }]);
    await ask('ALTER TABLE grade DROP CONSTRAINT no_grade');
    await tick();
    expect(await stored('grades', 'g1')).toBe(false);
    await ask(due, [tenant]);
    await tick();
    expect(await row('grades', 'g1')).toMatchObject({ grade: `broken ${tenant}` });
    expect(await deferred()).toEqual([]);
  });
});
