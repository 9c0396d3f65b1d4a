import { newTenant, statusesOf, TestService } from './support/app';
import { ask, withOwnDatabase } from './support/databases';

it('when the database refuses one record’s data, that one is ERROR and the others are applied', async () => {
  await withOwnDatabase('refusing', async (url, superuserUrl) => {
    await ask(`ALTER TABLE program ADD CONSTRAINT refusing CHECK (code <> 'refuse me')`, [], superuserUrl);
    await ask(`ALTER TABLE student ADD CONSTRAINT refusing CHECK (city <> 'refuse me')`, [], superuserUrl);
    const service = await TestService.start({ DATABASE_URL: url });
    try {
      const tenant = newTenant();
      const data = Array.from({ length: 25 }, (_none, n) => ({
        id: `p${n}`,
        Name: 'HND',
        Program_ID: n % 10 === 7 ? 'refuse me' : 'ok',
      }));
      const report = await service.sync('programs', { data }, { tenant, headers: { 'X-Request-Id': 'req-1' } });
      expect(statusesOf(report)).toEqual(data.map(({ Program_ID: code }) => (code === 'ok' ? 'NEW' : 'ERROR')));
      expect(report.results[7]).toMatchObject({ zoho_program_id: 'p7', errors: [{ code: 'NOT_STORED' }] });
      expect(report.results[7]?.message).toContain('req-1');
      expect(JSON.stringify(report)).not.toMatch(/constraint|refusing|SQL|violates/);
      expect((await service.get(`/v1/programs/p8`, tenant)).status).toBe(200);
      expect((await service.get(`/v1/programs/p7`, tenant)).status).toBe(404);
      const students = [
        { id: 'a', Display_Name: 'A', Academic_Email: 'a@c.example' },
        { id: 'b', Display_Name: 'B', Academic_Email: 'b@c.example' },
      ];
      await service.sync('students', { data: students }, { tenant });
      const swap = [
        { id: 'a', Academic_Email: 'b@c.example' },
        { id: 'x', Display_Name: 'X', Academic_Email: 'x@c.example', City: 'refuse me' },
        { id: 'b', Academic_Email: 'a@c.example' },
      ];
      expect(statusesOf(await service.sync('students', { data: swap }, { tenant }))).toEqual([
        'UPDATED',
        'ERROR',
        'UPDATED',
      ]);
    } finally {
      await service.close();
    }
  });
});
