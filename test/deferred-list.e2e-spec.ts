import { newTenant, TestService } from './support/app';
import { ask } from './support/databases';
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

const { sync, deferred, stored, row, send, tick } = inTenant(() => ({ service, tenant }));

describe('what waits', () => {
  it('can be listed by entity and state, page by page', async () => {
    await sync('enrollments', enrollment('e1'), enrollment('e2'), enrollment('e3'));
    await sync('payments', { id: 'pay1', Registration: 'r1', Amount: 5 });
    expect(await deferred('?entity=payments')).toMatchObject([{ entity: 'payments', zoho_id: 'pay1' }]);
    expect(await deferred('?state=expired')).toEqual([]);
    const ids: string[] = [];
    let query = '?limit=3';
    for (let more = true; more;) {
      const { body } = await service.get<{ data: Waiting[]; next_cursor: string | null }>(
        `/v1/deferred${query}`,
        tenant,
      );
      ids.push(...body.data.map(({ zoho_id: id }) => id));
      more = body.next_cursor !== null;
      query = `?limit=3&cursor=${body.next_cursor}`;
    }
    expect(ids).toEqual(['e1', 'e2', 'e3', 'pay1']);
    for (const wrong of ['?state=lost', '?entity=A', '?cursor=x', '?limit=0', '?estate=waiting']) {
      expect((await service.get(`/v1/deferred${wrong}`, tenant)).status).toBe(422);
    }
    expect((await service.get<{ data: [] }>('/v1/deferred', newTenant())).body.data).toEqual([]);
  });

  it('can be given up, and does not come back', async () => {
    await sync('enrollments', enrollment());
    expect((await send('DELETE', '/v1/deferred/enrollments/e1')).status).toBe(204);
    for (const gone of ['enrollments/e1', 'enrollments/%00', 'nothing/e1']) {
      expect((await send('DELETE', `/v1/deferred/${gone}`)).status).toBe(404);
    }
    await sync('students', student());
    await sync('classes', courseClass());
    expect(await stored('enrollments', 'e1')).toBe(false);
  });

  it('can be tried at once, which tells what it still waits for', async () => {
    await sync('enrollments', enrollment());
    const retried = await send('POST', '/v1/deferred/enrollments/e1/retry');
    expect(retried).toMatchObject({ status: 200, body: { released: 0, deferred: { missing: [{}, {}] } } });
    expect((await send('POST', '/v1/deferred/enrollments/e9/retry')).status).toBe(404);
  });

  it('that turns out INVALID when its parents have come is listed as rejected', async () => {
    await service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, {
      body: JSON.stringify({ entities: { students: { dependencies: { program: 'require' } } } }),
    });
    await sync('students', { ...student(), Program: 'p1' });
    await sync('students', { ...student('s2'), Academic_Email: 'S1@c.example' });
    expect(await sync('programs', program())).not.toHaveProperty('released');
    expect(await deferred('?state=rejected')).toMatchObject([{ zoho_id: 's1', errors: [{ code: 'DUPLICATE_DATA' }] }]);
    await sync('students', { id: 's2', Academic_Email: 'other@c.example' });
    expect((await send('POST', '/v1/deferred/students/s1/retry')).body).toMatchObject({ released: 1, deferred: null });
    expect(await row('students', 's1')).toMatchObject({ program: 'p1' });
  });

  it('is replaced when its record comes anew, also from the lists of what is past', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment('e1', { Status: 'Old' }));
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1`, [tenant]);
    await tick();
    await sync('enrollments', enrollment('e1', { Enrollment_Type: 'New' }));
    expect(await deferred()).toMatchObject([{ zoho_id: 'e1', state: 'waiting' }]);
    await sync('classes', courseClass());
    expect(await row('enrollments', 'e1')).toMatchObject({ type: 'New', status: null });
    expect(await deferred()).toEqual([]);
  });

  it('and is past goes when its record is applied anew, and stays when that is INVALID', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment());
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1`, [tenant]);
    await tick();
    await sync('enrollments', enrollment('e1', { Start_Date: 'x' }));
    expect(await deferred('?state=expired')).toHaveLength(1);
    await sync('classes', courseClass());
    await sync('enrollments', enrollment());
    expect(await deferred()).toEqual([]);
  });
});
