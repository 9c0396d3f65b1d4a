import { newTenant, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  tenant = newTenant();
  const students = ['s1', 's2'].map((id) => ({ id, Display_Name: id, Academic_Email: `${id}@college.example` }));
  const classes = ['c1', 'c2'].map((id) => ({ id, Class_Name: id }));
  await service.sync('students', { data: students }, { tenant });
  await service.sync('classes', { data: classes }, { tenant });
});
afterAll(() => service.close());

const sync = (record: object) => service.sync('enrollments', { data: [{ id: '1', ...record }] }, { tenant });
const row = () => service.row('enrollments', '1', tenant);

describe('an enrollment that is moved', () => {
  beforeEach(() => sync({ Student: 's1', Class: 'c1' }));

  it('to another class or student is UPDATED with before and after', async () => {
    const report = await sync({ Classes: { id: 'c2', name: 'CLS-2' } });
    expect(report.results[0]).toMatchObject({ status: 'UPDATED', message: 'Enrollment updated: class' });
    expect(report.results[0]?.changes).toEqual({ class: { before: 'c1', after: 'c2' } });
    expect((await sync({ Contact: 's2' })).results[0]?.changes).toEqual({ student: { before: 's1', after: 's2' } });
  });

  it('to a class that is not stored waits, and stays where it is until then', async () => {
    const report = await sync({ Class: 'c3' });
    expect(report.results[0]).toMatchObject({ status: 'SKIPPED', missing: [{ field: 'class', zoho_id: 'c3' }] });
    expect(await row()).toMatchObject({ class: 'c1' });
    await service.sync('classes', { data: [{ id: 'c3', Class_Name: 'c3' }] }, { tenant });
    expect(await row()).toMatchObject({ class: 'c3' });
  });
});

it.each([['Enrolled_Students'], ['Student'], ['Contact'], ['Student_ID']])('%s names the student', async (alias) => {
  expect(statusesOf(await sync({ [alias]: 's1', Class: 'c1' }))).toEqual(['NEW']);
  expect(await row()).toMatchObject({ student: 's1' });
});

it.each([['Classes'], ['BTEC_Class'], ['Class']])('%s names the class', async (alias) => {
  expect(statusesOf(await sync({ Student: 's1', [alias]: { id: 'c1' } }))).toEqual(['NEW']);
  expect(await row()).toMatchObject({ class: 'c1' });
});

it.each([
  ['text', 'HND in Computing'],
  ['a lookup', { id: 'p1', name: 'HND in Computing' }],
])('Enrolled_Program may be %s, and names no program', async (_case, program) => {
  await sync({ Student: 's1', Class: 'c1', Enrolled_Program: program });
  expect(await row()).toMatchObject({ program: null, program_text: 'HND in Computing' });
});

it('the program of an enrollment is kept without being waited for', async () => {
  const report = await sync({ Student: 's1', Class: 'c1', BTEC_Program: 'p1' });
  expect(report.results[0]).toMatchObject({
    status: 'NEW',
    warnings: [{ field: 'program', code: 'program_not_synced_yet' }],
  });
});

it('the name of the id may be Enrollment_ID', async () => {
  const report = await service.sync(
    'enrollments',
    { data: [{ Enrollment_ID: '7', Student: 's1', Class: 'c1' }] },
    { tenant },
  );
  expect(report.results[0]).toMatchObject({ zoho_enrollment_id: '7', status: 'NEW' });
});
