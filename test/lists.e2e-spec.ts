import type { SyncReport } from '../src/sync/sync-report';
import { newTenant, type Row, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  tenant = newTenant();
  await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant });
  const student = { id: 's1', Display_Name: 'Omar', Academic_Email: 'omar@c.example' };
  await service.sync('students', { data: [student] }, { tenant });
});
afterAll(() => service.close());

const sync = (entity: string, record: object): Promise<SyncReport> =>
  service.sync(entity, { data: [record] }, { tenant });
const row = (entity: string, id: string): Promise<Row> => service.row(entity, id, tenant);

describe('a registration’s installments', () => {
  const due = (n: number, rest = {}) => ({
    Installment_No: n,
    Due_Date: `2026-0${n}-10`,
    Installment_Amount: 1400,
    ...rest,
  });
  const registration = (...schedule: unknown[]) => ({
    id: 'r1',
    Student: 's1',
    Program: 'p1',
    Payment_Schedule: schedule,
  });

  it('change element by element', async () => {
    await sync('registrations', registration(due(1), due(2), due(3)));
    const report = await sync(
      'registrations',
      registration(due(1), due(2, { Installment_Amount: '1,400.00' }), due(3, { Installment_Status: 'Paid' })),
    );
    expect(report.results[0]).toMatchObject({
      status: 'UPDATED',
      message: 'Registration updated: installments[2].status',
      changes: { 'installments[2].status': { before: null, after: 'Paid' } },
    });
  });

  it('come and go as whole elements', async () => {
    await sync('registrations', registration(due(1)));
    const element = { installment_no: '2', due_date: '2026-02-10', amount: '1400', status: null, paid_date: null };
    const longer = await sync('registrations', registration(due(1), due(2)));
    expect(longer.results[0]?.changes).toEqual({ 'installments[1]': { before: null, after: element } });
    const shorter = await sync('registrations', registration(due(1)));
    expect(shorter.results[0]?.changes).toEqual({ 'installments[1]': { before: element, after: null } });
  });

  it('stay when they are left out, and go when they are null or empty', async () => {
    await sync('registrations', registration(due(1)));
    expect(statusesOf(await sync('registrations', { id: 'r1' }))).toEqual(['UNCHANGED']);
    expect(statusesOf(await sync('registrations', registration()))).toEqual(['UPDATED']);
    expect((await row('registrations', 'r1'))['installments']).toEqual([]);
    expect(statusesOf(await sync('registrations', { id: 'r1', Payment_Schedule: null }))).toEqual(['UNCHANGED']);
  });

  it('may come as a string that holds JSON, and are the same in another order of keys', async () => {
    await sync('registrations', registration(due(1)));
    const [first] = registration(due(1)).Payment_Schedule as [object];
    const reversed = [Object.fromEntries(Object.entries(first).toReversed())];
    const report = await sync('registrations', { id: 'r1', Payment_Schedule: JSON.stringify(reversed) });
    expect(statusesOf(report)).toEqual(['UNCHANGED']);
  });

  it.each([
    [[{ Installment_No: 1 }, { Due_Date: '10/01/2026' }], 'installments[1].due_date', 'Payment_Schedule[1].Due_Date'],
    [[{ Installment_No: 1.5 }], 'installments[0].installment_no', 'Payment_Schedule[0].Installment_No'],
    [[null], 'installments[0]', 'Payment_Schedule[0]'],
    ['{"a":1}', 'installments', 'Payment_Schedule'],
    ['paid', 'installments', 'Payment_Schedule'],
    [Array(1_001).fill({}), 'installments', 'Payment_Schedule'],
  ])('%j is INVALID at %s', async (schedule, field, alias) => {
    const report = await sync('registrations', { ...registration(), Payment_Schedule: schedule });
    expect(report.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field, message: expect.stringContaining(alias) as string }],
    });
  });
});

describe('a unit’s criteria', () => {
  const criteria = async () => (await row('units', 'u1'))['criteria'] as unknown;

  it('merge one by one, in the order P, M, D, each by number', async () => {
    await sync('units', { id: 'u1', Name: 'U', D1_description: 'd', P10_description: 'ten', P2_description: 'two' });
    await sync('units', { id: 'u1', M1_description: 'm' });
    expect(await criteria()).toEqual([
      { code: 'P2', description: 'two' },
      { code: 'P10', description: 'ten' },
      { code: 'M1', description: 'm' },
      { code: 'D1', description: 'd' },
    ]);
    const changed = await sync('units', { id: 'u1', P10_description: 'TEN' });
    expect(changed.results[0]?.changes).toEqual({ 'criteria[1].description': { before: 'ten', after: 'TEN' } });
    await sync('units', { id: 'u1', P2_description: null, P10_description: '' });
    expect(await criteria()).toEqual([
      { code: 'M1', description: 'm' },
      { code: 'D1', description: 'd' },
    ]);
  });

  it('are INVALID where one cannot be read, and keep one whose merge tag was not filled in', async () => {
    await sync('units', { id: 'u1', Name: 'U', P1_description: 'one' });
    const bad = await sync('units', { id: 'u1', P2_description: { a: 1 } });
    expect(bad.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field: 'criteria', message: expect.stringContaining('P2_description') as string }],
    });
    const report = await sync('units', { id: 'u1', P1_description: '${!BTEC.P1_description}' });
    expect(report.results[0]).toMatchObject({ status: 'UNCHANGED', warnings: [{ code: 'MERGE_TAG_NOT_FILLED' }] });
    expect(await criteria()).toEqual([{ code: 'P1', description: 'one' }]);
  });
});
