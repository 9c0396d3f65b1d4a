import { newTenant, TestService } from './support/app';
import { inTenant, program } from './support/in-tenant';

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

describe('runs', () => {
  it('tell what came, from whom, and what became of each record; UNCHANGED ones are counted', async () => {
    await sync('programs', program('p1'), program('p2'));
    const report = await service.sync(
      'programs',
      { source: 'zoho_products', data: [program('p1'), { id: 'p2', Name: 'New' }, { id: 'p3' }, { Name: 'no id' }] },
      { tenant, headers: { 'X-Request-Id': 'req-7', 'Idempotency-Key': 'key-7' } },
    );
    const { body } = await service.get(`/v1/runs/${report.run_id}`, tenant);
    expect(body).toMatchObject({
      run_id: report.run_id,
      kind: 'sync',
      entity: 'programs',
      source: 'zoho_products',
      request_id: 'req-7',
      idempotency_key: 'key-7',
      summary: report.summary,
      released: 0,
      results: [
        { zoho_id: 'p2', status: 'UPDATED' },
        { zoho_id: 'p3', status: 'INVALID', errors: [{ field: 'name' }] },
        { zoho_id: null, status: 'INVALID' },
      ],
    });
    const list = await service.get<{ data: { run_id: string; results?: unknown }[] }>('/v1/runs?limit=1', tenant);
    expect(list.body.data).toMatchObject([{ run_id: report.run_id }]);
    expect(list.body.data[0]).not.toHaveProperty('results');
    expect((await service.get<{ data: [] }>('/v1/runs?entity=students', tenant)).body.data).toEqual([]);
    expect((await service.get<{ data: [] }>('/v1/runs?entity=programs', tenant)).body.data).toHaveLength(2);
    for (const id of ['x', '0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a21', '%00']) {
      expect((await service.get(`/v1/runs/${id}`, tenant)).status).toBe(404);
    }
    expect((await service.get(`/v1/runs/${report.run_id}`, newTenant())).status).toBe(404);
  });
});
