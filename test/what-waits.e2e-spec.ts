import { UpkeepService } from '../src/upkeep/upkeep.service';
import { newTenant, type Row, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const sync = (entity: string, ...data: object[]) => service.sync(entity, { data }, { tenant });
const remove = (entity: string, id: string) => service.sync(entity, { ids: [id], operation: 'delete' }, { tenant });
const restore = (entity: string, id: string) => service.sync(entity, { ids: [id], operation: 'restore' }, { tenant });
const deferred = async (): Promise<Row[]> => (await service.get<{ data: Row[] }>('/v1/deferred', tenant)).body.data;
const waitForClass = (policy: 'require' | 'ignore') =>
  service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, {
    body: JSON.stringify({ entities: { enrollments: { dependencies: { class: policy } } } }),
  });
const student = (id: string, more: object = {}) => ({
  id,
  Display_Name: 'S',
  Academic_Email: `${id}@c.example`,
  ...more,
});

describe('what waits for a parent', () => {
  it('is kept in the tombstone when its record is deleted, and waits again after a restore', async () => {
    await sync('students', student('s1'));
    await sync('enrollments', { id: 'e1', Student: 's1', Class: 'c1', Status: 'Active' });
    expect(statusesOf(await remove('enrollments', 'e1'))).toEqual(['DELETED']);
    expect(await deferred()).toEqual([]);
    expect((await restore('enrollments', 'e1')).results[0]).toMatchObject({
      status: 'SKIPPED',
      reason: 'class_not_synced_yet',
    });
    expect(await sync('classes', { id: 'c1', Class_Name: 'C' })).toMatchObject({ released: 1 });
    expect(await service.row('enrollments', 'e1', tenant)).toMatchObject({
      student: 's1',
      class: 'c1',
      status: 'Active',
    });
  });

  it('is merged into a row that is deleted, and the history tells it', async () => {
    await sync('students', student('s1'));
    await sync('classes', { id: 'c1', Class_Name: 'C' }, { id: 'c2', Class_Name: 'C' });
    await sync('enrollments', { id: 'e1', Student: 's1', Class: 'c1', Type: 'x', Enrollment_Status: 'Active' });
    await sync('enrollments', { id: 'e1', Class: 'c3', Enrollment_Status: 'Inactive' });
    await remove('enrollments', 'e1');
    await sync('classes', { id: 'c3', Class_Name: 'C' });
    expect(statusesOf(await restore('enrollments', 'e1'))).toEqual(['UPDATED']);
    expect(await service.row('enrollments', 'e1', tenant)).toMatchObject({ class: 'c3', status: 'Inactive' });
    const { body } = await service.get<{ data: Row[] }>('/v1/enrollments/e1/history', tenant);
    expect(body.data[1]).toMatchObject({
      status: 'DELETED',
      changes: { class: { before: 'c1', after: 'c3' }, status: { before: 'Active', after: 'Inactive' } },
    });
  });

  it('goes on waiting, and takes newer versions in, when waiting is switched off', async () => {
    await sync('enrollments', { id: 'e1', Student: 's1', Class: 'c1', Enrollment_Status: 'Old' });
    await service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, { body: JSON.stringify({ waiting: false }) });
    expect(await sync('students', student('s1'))).not.toHaveProperty('released');
    expect(await deferred()).toMatchObject([{ zoho_id: 'e1', missing: [{ field: 'class' }] }]);
    const newer = await sync('enrollments', { id: 'e1', Enrollment_Status: 'New' });
    expect(newer.results[0]).toMatchObject({ status: 'SKIPPED', deferred: true });
    const retry = await service.send<object>('POST', '/v1/deferred/enrollments/e1/retry', {
      headers: { 'X-Tenant-ID': tenant },
    });
    expect(retry.body).toMatchObject({ released: 0, deferred: { zoho_id: 'e1' } });
    expect(await sync('classes', { id: 'c1', Class_Name: 'C' })).toMatchObject({ released: 1 });
    expect(await service.row('enrollments', 'e1', tenant)).toMatchObject({ status: 'New' });
  });

  it('is applied by the next round when a new profile no longer asks for the parent', async () => {
    await sync('students', student('s1'));
    await sync('enrollments', { id: 'e1', Student: 's1', Class: 'c1' }, { id: 'e2', Student: 's2', Class: 'c1' });
    const round = (): Promise<void> => service.app.get(UpkeepService).keepUp(tenant);
    await round();
    expect(await deferred()).toHaveLength(2);
    await waitForClass('ignore');
    await round();
    expect(await deferred()).toMatchObject([{ zoho_id: 'e2', missing: [{ field: 'student' }] }]);
    expect(await service.row('enrollments', 'e1', tenant)).toMatchObject({ class: 'c1' });
  });
});

describe('a version that was rejected', () => {
  it('is not forgotten when an older one is applied, but when one as new is', async () => {
    await sync('students', student('s1'));
    await service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, {
      body: JSON.stringify({ entities: { students: { dependencies: { program: 'require' } } } }),
    });
    await sync(
      'students',
      student('s1', { Academic_Email: 'taken@c.example', Program: 'p0', Modified_Time: '2026-02-14T12:00:00Z' }),
    );
    await sync('students', student('s2', { Academic_Email: 'Taken@c.example' }));
    await sync('programs', { id: 'p0', Name: 'HND' });
    expect(await states()).toEqual(['rejected']);
    await sync('students', { id: 's1', City: 'X', Modified_Time: '2026-02-14T11:00:00Z' });
    expect(await states()).toEqual(['rejected']);
    await sync('students', { id: 's1', City: 'Y', Modified_Time: '2026-02-14T12:00:00Z' });
    expect(await states()).toEqual([]);
  });
});

const states = async (): Promise<unknown[]> =>
  (await service.get<{ data: Row[] }>('/v1/deferred?state=rejected', tenant)).body.data.map((line) => line['state']);
