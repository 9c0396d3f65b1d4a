import { newTenant, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  tenant = newTenant();
  const student = { id: 's1', Display_Name: 'Omar Kaya', Academic_Email: 'omar@college.example' };
  const registrations = ['r1', 'r2'].map((id) => ({ id, Student: 's1', Program: 'p1' }));
  await service.sync('students', { data: [student] }, { tenant });
  await service.sync('programs', { data: [{ id: 'p1', Product_Name: 'HND' }] }, { tenant });
  await service.sync('registrations', { data: registrations }, { tenant });
});
afterAll(() => service.close());

const sync = (record: object) => service.sync('payments', { data: [{ id: '1', ...record }] }, { tenant });
const row = () => service.row('payments', '1', tenant);

it.each([
  [-5, '-5'],
  ['-1,250.50', '-1250.5'],
  [0, '0'],
])('an amount of %s is taken: a negative one is a refund', async (amount, stored) => {
  expect(statusesOf(await sync({ Registration: 'r1', Amount: amount }))).toEqual(['NEW']);
  expect(await row()).toMatchObject({ amount: stored });
});

it('a payment without an amount is refused', async () => {
  expect((await sync({ Registration: 'r1' })).results[0]).toMatchObject({
    status: 'INVALID',
    errors: [{ field: 'amount', code: 'MANDATORY_NOT_FOUND' }],
  });
});

describe('a payment that is moved', () => {
  beforeEach(() => sync({ Registration_ID: { id: 'r1', name: 'REG-1' }, Payment_Amount: 1400 }));

  it('to another registration is UPDATED with before and after', async () => {
    const report = await sync({ Registration_ID: { id: 'r2', name: 'REG-2' } });
    expect(report.results[0]).toMatchObject({ status: 'UPDATED', message: 'Payment updated: registration' });
    expect(report.results[0]?.changes).toEqual({ registration: { before: 'r1', after: 'r2' } });
  });

  it('to a registration that is not stored waits, and stays where it is until then', async () => {
    const report = await sync({ Registration_ID: 'r3', Payment_Amount: 1500 });
    expect(report.results[0]).toMatchObject({ status: 'SKIPPED', missing: [{ field: 'registration', zoho_id: 'r3' }] });
    expect(await row()).toMatchObject({ registration: 'r1', amount: '1400' });
    await service.sync('registrations', { data: [{ id: 'r3', Student: 's1', Program: 'p1' }] }, { tenant });
    expect(await row()).toMatchObject({ registration: 'r3', amount: '1500' });
  });
});

it('a payment’s student is kept without being waited for', async () => {
  const report = await sync({ Registration: 'r1', Amount: 1, Student: 'nobody' });
  expect(report.results[0]).toMatchObject({
    status: 'NEW',
    warnings: [{ field: 'student', code: 'student_not_synced_yet' }],
  });
  expect(await row()).toMatchObject({ student: 'nobody' });
});
