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

const sync = (...data: unknown[]) => service.sync('classes', { data }, { tenant });
const row = (id: string): Promise<Row> => service.row('classes', id, tenant);

describe('Name of a class', () => {
  it('is the number beside the class’s name, and the name when it stands alone', async () => {
    await sync(
      { id: '1', Name: 'CLS-1', Class_Name: 'Programming' },
      { id: '2', Name: 'CLS-2', BTEC_Class_Name: 'Networking' },
      { id: '3', Name: 'Databases' },
    );
    expect(await row('1')).toMatchObject({ name: 'Programming', class_number: 'CLS-1' });
    expect(await row('2')).toMatchObject({ name: 'Networking', class_number: 'CLS-2' });
    expect(await row('3')).toMatchObject({ name: 'Databases', class_number: null });
  });

  it('alone is the number once the class has one, and the name until then', async () => {
    await sync({ id: '1', Name: 'CLS-1', Class_Name: 'Programming' }, { id: '2', Name: 'Databases' });
    const report = await sync({ id: '1', Name: 'CLS-9' }, { id: '2', Name: 'Data' });
    expect(report.results.map(({ changes }) => changes)).toEqual([
      { class_number: { before: 'CLS-1', after: 'CLS-9' } },
      { name: { before: 'Databases', after: 'Data' } },
    ]);
  });

  it('is never the name beside a class’s name that is empty', async () => {
    const report = await sync({ id: '1', Name: 'CLS-1', Class_Name: null });
    expect(report.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field: 'name', code: 'MANDATORY_NOT_FOUND' }],
    });
  });
});

describe('the teacher’s name', () => {
  const ELIF = { teacher: 't1', teacher_name: 'Dr. Elif Yildiz' };
  beforeEach(() => sync({ id: '1', Class_Name: 'Programming', Teacher: { id: 't1', name: 'Dr. Elif Yildiz' } }));

  it.each([
    ['a bare id', 't1'],
    ['a lookup without a name', { id: 't1' }],
    ['a lookup with an empty name', [{ id: 't1', name: ' ' }]],
    ['JSON inside a string', '{"id":"t1"}'],
    ['a merge tag that was not filled in', '${!BTEC_Classes.Teacher}'],
    ['a lookup with a merge tag for its id', { id: '${!BTEC_Classes.Teacher.id}', name: 'Teacher' }],
  ])('stays when the same teacher comes as %s', async (_case, lookup) => {
    expect(statusesOf(await sync({ id: '1', Teacher: lookup }))).toEqual(['UNCHANGED']);
    expect(await row('1')).toMatchObject(ELIF);
  });

  it('stays when the record has no teacher at all', async () => {
    await sync({ id: '1', Class_Status: 'Active' });
    expect(await row('1')).toMatchObject(ELIF);
  });

  it.each([['t2'], [{ id: 't2' }]])('goes when another teacher comes without one, as %j', async (lookup) => {
    const report = await sync({ id: '1', Teacher: lookup });
    expect(report.results[0]?.changes).toEqual({
      teacher: { before: 't1', after: 't2' },
      teacher_name: { before: 'Dr. Elif Yildiz', after: null },
    });
  });

  it.each([[null], [{}], [[]]])('goes with the teacher, for %j', async (lookup) => {
    const report = await sync({ id: '1', Teacher: lookup });
    expect(report.results[0]?.changes).toEqual({
      teacher: { before: 't1', after: null },
      teacher_name: { before: 'Dr. Elif Yildiz', after: null },
    });
  });

  it('follows the lookup, for the same teacher and for another', async () => {
    const married = await sync({ id: '1', Teacher: { id: 't1', name: 'Dr. Elif Kaya' } });
    expect(married.results[0]?.changes).toEqual({
      teacher_name: { before: 'Dr. Elif Yildiz', after: 'Dr. Elif Kaya' },
    });
    await sync({ id: '1', Teacher: { id: 't2', name: 'Kerem Acar' } });
    expect(await row('1')).toMatchObject({ teacher: 't2', teacher_name: 'Kerem Acar' });
  });

  it('stays while the class waits for a program', async () => {
    const report = await sync({ id: '1', BTEC_Program: 'p1' }, { id: '1', Teacher: 't1' });
    expect(statusesOf(report)).toEqual(['SKIPPED', 'SKIPPED']);
    await service.sync('programs', { data: [{ id: 'p1', Product_Name: 'HND' }] }, { tenant });
    expect(await row('1')).toMatchObject({ ...ELIF, program: 'p1' });
  });
});

it('a class that names no program waits for none', async () => {
  expect(statusesOf(await sync({ id: '1', Class_Name: 'Programming' }))).toEqual(['NEW']);
});
