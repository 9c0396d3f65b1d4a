import { newTenant, type Row, TestService } from './support/app';
import { ask } from './support/databases';
import { randomFrom } from './support/random';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

const IDS = 6;
const EMAILS = 7;

/** Random batches, several records of one id among them, in which few share fewer addresses. */
it.each(Array.from({ length: 40 }, (_none, seed) => seed))(
  'are never lost, doubled or refused for nothing (seed %i)',
  async (seed) => {
    const random = randomFrom(seed);
    const pick = (below: number): number => Math.floor(random() * below);
    const tenant = newTenant();
    const held = new Map<string, string>();
    for (let round = 0; round < 6; round += 1) {
      const data = Array.from({ length: 1 + pick(7) }, () => {
        const id = `s${pick(IDS)}`;
        const address = random() < 0.8 ? { Academic_Email: `m${pick(EMAILS)}@c.example` } : {};
        return { id, ...address, ...(random() < 0.8 && { Display_Name: id }), City: `city ${pick(3)}` };
      });
      const { results } = await service.sync('students', { data }, { tenant });
      expect(results).toHaveLength(data.length);
      const rows = (await service.get<{ data: Row[] }>('/v1/students', tenant)).body.data;
      held.clear();
      for (const row of rows) held.set(row['academic_email'] ?? '', row['zoho_id'] ?? '');
      expect(held.size).toBe(rows.length);
      const claims = await ask('SELECT value, zoho_id FROM unique_value WHERE tenant_id = $1', [tenant]);
      expect(new Map(claims.map((claim) => [claim['value'], claim['zoho_id']]))).toEqual(held);
      for (const [at, { errors, status }] of results.entries()) {
        const refusal = errors?.find(({ code }) => code === 'DUPLICATE_DATA');
        if (refusal) expect(refusal.message).toContain(`student ${held.get(data[at]?.Academic_Email ?? '')}`);
        if (status === 'NEW') expect(rows.some((row) => row['zoho_id'] === data[at]?.id)).toBe(true);
      }
    }
  },
);
