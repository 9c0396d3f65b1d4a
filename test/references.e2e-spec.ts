import { newTenant, TestService } from './support/app';
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

const { sync } = inTenant(() => ({ service, tenant }));

describe('references', () => {
  it('are answered with the row on request', async () => {
    await sync('programs', program());
    await sync('students', { ...student(), Program: 'p1' });
    await sync('classes', courseClass());
    await sync('enrollments', enrollment('e1', { BTEC_Program: 'p9' }));
    const { body } = await service.get<Record<string, unknown>>(
      '/v1/enrollments/e1?expand=student,class,program',
      tenant,
    );
    expect(body).toMatchObject({
      student: 's1',
      expanded: { student: { zoho_id: 's1', program: 'p1' }, class: { zoho_id: 'c1' }, program: null },
    });
    const page = await service.get<{ data: object[] }>('/v1/enrollments?expand=student', tenant);
    expect(page.body.data).toMatchObject([{ expanded: { student: { zoho_id: 's1' } } }]);
    for (const wrong of ['expand=status', 'expand=', 'expand=student&expand=status', 'expand=tenant_id']) {
      expect((await service.get(`/v1/enrollments?${wrong}`, tenant)).status).toBe(422);
    }
  });

  it('that move are changes, in the answer, the row and the history', async () => {
    await sync('students', student());
    await sync('classes', courseClass('c1'), courseClass('c2'));
    await sync('enrollments', enrollment());
    const report = await sync('enrollments', enrollment('e1', { Class: { id: 'c2' } }));
    const changes = { class: { before: 'c1', after: 'c2' } };
    expect(report.results[0]).toMatchObject({ status: 'UPDATED', changes });
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data[0]).toMatchObject({ changes });
  });
});
