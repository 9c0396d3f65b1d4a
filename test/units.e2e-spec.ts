import { newTenant, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const sync = (record: object) => service.sync('units', { data: [{ id: '1', ...record }] }, { tenant });
const criteria = async (): Promise<unknown> => (await service.row('units', '1', tenant))['criteria'];
const changesOf = async (record: object) => (await sync(record)).results[0]?.changes;

describe('criteria of a unit', () => {
  const FIRST = { code: 'P1', description: 'Define an algorithm.' };
  const SECOND = { code: 'P2', description: 'Write the code.' };
  const MERIT = { code: 'M1', description: 'Evaluate the challenges.' };
  beforeEach(() =>
    sync({
      Name: 'Unit 1',
      M1_description: MERIT.description,
      P2_description: SECOND.description,
      P1_description: FIRST.description,
    }),
  );

  it('stand in the order P, M, D, each by number', async () => {
    await sync({ D1_description: 'd1', P10_description: 'p10', M19_description: 'm19', D2_description: 'd2' });
    const codes = ((await criteria()) as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(['P1', 'P2', 'P10', 'M1', 'M19', 'D1', 'D2']);
  });

  it('merge one by one: a record that carries one leaves the others as they are', async () => {
    expect(await changesOf({ P2_description: 'Write it well.' })).toEqual({
      'criteria[1].description': { before: SECOND.description, after: 'Write it well.' },
    });
    expect(await criteria()).toEqual([FIRST, { code: 'P2', description: 'Write it well.' }, MERIT]);
  });

  it('are removed by null, and by an empty text', async () => {
    expect(await changesOf({ M1_description: null })).toEqual({ 'criteria[2]': { before: MERIT, after: null } });
    expect(await changesOf({ P2_description: ' ' })).toEqual({ 'criteria[1]': { before: SECOND, after: null } });
    expect(await criteria()).toEqual([FIRST]);
    await sync({ P1_description: null });
    expect(await criteria()).toEqual([]);
  });

  it('are added at their place', async () => {
    const distinction = { code: 'D1', description: 'Examine the implementation.' };
    expect(await changesOf({ D1_description: distinction.description })).toEqual({
      'criteria[3]': { before: null, after: distinction },
    });
  });

  it('stay when a record carries none, a merge tag, or a number beyond 19', async () => {
    const report = await sync({ Name: 'Unit 1', P1_description: '${!BTEC.P1_description}', P20_description: 'p20' });
    expect(report.results[0]).toMatchObject({
      status: 'UNCHANGED',
      warnings: [{ field: 'criteria', code: 'MERGE_TAG_NOT_FILLED' }],
    });
    expect(await criteria()).toEqual([FIRST, SECOND, MERIT]);
  });

  it('that cannot be read make the record INVALID', async () => {
    const report = await sync({ P1_description: { a: 1 }, P2_description: 'new' });
    expect(report.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field: 'criteria', code: 'INVALID_DATA' }],
    });
    expect(await criteria()).toEqual([FIRST, SECOND, MERIT]);
  });

  it('may have several lines', async () => {
    await sync({ P1_description: 'Define\nan algorithm.' });
    expect(await criteria()).toMatchObject([{ description: 'Define\nan algorithm.' }, SECOND, MERIT]);
  });
});

it('the credits of a unit are a number: another spelling of it is UNCHANGED', async () => {
  await sync({ Name: 'Unit 1', Unit_Credit: '15' });
  expect(statusesOf(await sync({ Unit_Credit: 15.0 }))).toEqual(['UNCHANGED']);
  expect(statusesOf(await sync({ Credit_Hours: '15.00' }))).toEqual(['UNCHANGED']);
  expect(await service.row('units', '1', tenant)).toMatchObject({ credits: '15' });
});
