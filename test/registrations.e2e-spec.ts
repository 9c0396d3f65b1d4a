import { newTenant, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  tenant = newTenant();
  await service.sync('programs', { data: [{ id: 'p1', Product_Name: 'HND' }] }, { tenant });
  const student = { id: 's1', Display_Name: 'Omar Kaya', Academic_Email: 'omar@college.example' };
  await service.sync('students', { data: [student] }, { tenant });
  await sync({ Student: 's1', Program: 'p1', Payment_Schedule: [row(1, 'Paid'), row(2, 'Pending')] });
});
afterAll(() => service.close());

const sync = (record: object) => service.sync('registrations', { data: [{ id: '1', ...record }] }, { tenant });
const stored = () => service.row('registrations', '1', tenant);

/** A row of the subform, with Zoho's own id of it. */
const row = (n: number, status: string, rest: object = {}) => ({
  id: `5843017000000610${n}`,
  Installment_No: n,
  Due_Date: `2026-0${n}-10`,
  Installment_Amount: '1,400.00',
  Installment_Status: status,
  Paid_Date: null,
  ...rest,
});
/** The same as it is stored. */
const element = (n: number, status: string) => ({
  installment_no: String(n),
  due_date: `2026-0${n}-10`,
  amount: '1400',
  status,
  paid_date: null,
});

describe('installments of a registration', () => {
  it('that change are named by place and column', async () => {
    const report = await sync({ Payment_Schedule: [row(1, 'Paid'), row(2, 'Paid', { Paid_Date: '2026-02-09' })] });
    expect(report.results[0]).toMatchObject({
      status: 'UPDATED',
      message: 'Registration updated: installments[1].status, installments[1].paid_date',
    });
    expect(report.results[0]?.changes).toEqual({
      'installments[1].status': { before: 'Pending', after: 'Paid' },
      'installments[1].paid_date': { before: null, after: '2026-02-09' },
    });
  });

  it('that are added or removed are shown whole', async () => {
    const added = await sync({ Payment_Schedule: [row(1, 'Paid'), row(2, 'Pending'), row(3, 'Pending')] });
    expect(added.results[0]?.changes).toEqual({
      'installments[2]': { before: null, after: element(3, 'Pending') },
    });
    const removed = await sync({ Payment_Schedule: [row(1, 'Paid')] });
    expect(removed.results[0]?.changes).toEqual({
      'installments[1]': { before: element(2, 'Pending'), after: null },
      'installments[2]': { before: element(3, 'Pending'), after: null },
    });
  });

  it('stay when the subform is absent, and go when it is null or empty', async () => {
    await sync({ Registration_Status: 'Active' });
    expect(await stored()).toMatchObject({ installments: [element(1, 'Paid'), element(2, 'Pending')] });
    await sync({ Payment_Schedule: null });
    expect(await stored()).toMatchObject({ installments: [] });
    expect(statusesOf(await sync({ Payment_Schedule: [] }))).toEqual(['UNCHANGED']);
  });

  it('come in another spelling, or with another id of Zoho’s, without a change', async () => {
    const same = [
      row(1, ' Paid ', { id: '7', Installment_Amount: 1400, Installment_No: '1' }),
      row(2, 'Pending', { Paid_Date: '' }),
    ];
    expect(statusesOf(await sync({ Payment_Schedule: same }))).toEqual(['UNCHANGED']);
    expect(statusesOf(await sync({ Payment_Schedule: JSON.stringify(same) }))).toEqual(['UNCHANGED']);
  });

  it.each([
    ['due_date', { Due_Date: '10/02/2026' }, '10/02/2026'],
    ['amount', { Installment_Amount: '199,99' }, '199,99'],
    ['installment_no', { Installment_No: 1.5 }, '1.5'],
  ])('with a bad cell make the record INVALID, naming its %s', async (column, cell, value) => {
    const [alias] = Object.keys(cell);
    const report = await sync({ Payment_Schedule: [row(1, 'Paid'), row(2, 'Late', cell)] });
    expect(report.results[0]).toMatchObject({ status: 'INVALID' });
    expect(report.results[0]?.errors).toEqual([
      {
        field: `installments[1].${column}`,
        code: 'INVALID_DATA',
        message: expect.stringContaining(`Payment_Schedule[1].${alias}`) as string,
        value,
      },
    ]);
    expect(await stored()).toMatchObject({ installments: [element(1, 'Paid'), element(2, 'Pending')] });
  });

  it.each([['text'], [{ id: '1' }], [['text']], [[null]]])('are refused when they are %j', async (list) => {
    expect(statusesOf(await sync({ Payment_Schedule: list }))).toEqual(['INVALID']);
  });
});

it('the version of the course is kept apart from that of the record', async () => {
  await sync({ Version: 1, Modified_Time: '2026-02-14T10:21:07+03:00' });
  expect(await stored()).toMatchObject({ registration_version: '1', version: '2026-02-14T07:21:07.000Z' });
  const report = await sync({ Version: '2' });
  expect(report.results[0]?.changes).toEqual({ registration_version: { before: '1', after: '2' } });
});
