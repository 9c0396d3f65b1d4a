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

const sync = (...data: unknown[]) => service.sync('programs', { data }, { tenant });
const row = (id: string): Promise<Row> => service.row('programs', id, tenant);
const raw = (body: string) => service.send('POST', '/v1/sync/programs', { body, headers: { 'X-Tenant-ID': tenant } });

describe('the price of a program', () => {
  it.each([
    ['"199.99"', '199.99'],
    ['199.9', '199.9'],
    ['"199.90"', '199.9'],
    ['"1,299.00"', '1299'],
    ['"$1,299.50"', '1299.5'],
    ['"€ 0.50"', '0.5'],
    ['"12 €"', '12'],
    ['0', '0'],
    ['-0', '0'],
    ['"-5"', '-5'],
    ['"007"', '7'],
    ['1e3', '1000'],
    ['1.5E-3', '0.0015'],
    ['12345678901234567890', '12345678901234567890'],
    ['1234567890123.1234567', '1234567890123.1234567'],
    ['0.1', '0.1'],
    ['1234567890123456789e0', '1234567890123456789'],
    ['12345678901.12345678e0', '12345678901.12345678'],
  ])('%s is stored as %s, exactly', async (written, stored) => {
    await raw(`{"data":[{"id":"1","Name":"HND","Price":${written}}]}`);
    expect(await row('1')).toMatchObject({ price: stored });
    expect(statusesOf(await sync({ id: '1', Price: stored }))).toEqual(['UNCHANGED']);
  });

  it.each([
    '"199,99"',
    '"1,29"',
    '"1,2999"',
    '"12,34,567"',
    '"1.2.3"',
    '"abc"',
    '"1 000"',
    '1e400',
    '"Infinity"',
    '"NaN"',
    'true',
    '{"a":1}',
    '123456789012345678901',
  ])('%s is refused', async (written) => {
    const answer = await raw(`{"data":[{"id":"1","Name":"HND","Price":${written}}]}`);
    expect(answer).toMatchObject({
      status: 200,
      body: { results: [{ status: 'INVALID', errors: [{ field: 'price' }] }] },
    });
  });

  it('is 0, which is not null', async () => {
    await sync({ id: '1', Name: 'HND', Price: 0 });
    expect((await sync({ id: '1', Price: null })).results[0]?.changes).toEqual({ price: { before: '0', after: null } });
  });
});

describe('aliases', () => {
  it('count in their order, the first with a value that is not null', async () => {
    await sync({
      id: '1',
      Product_Name: null,
      Name: 'HND',
      Program_Price: null,
      Unit_Price: 7,
      MoodleID: null,
      crmnmoodle__Moodle_ID: 34,
    });
    expect(await row('1')).toMatchObject({ name: 'HND', price: '7', zoho_moodle_id: '34' });
  });

  it('clear the field only when every one that is present is null', async () => {
    await sync({ id: '1', Name: 'HND', Price: 7 });
    expect(statusesOf(await sync({ id: '1', Program_Price: null, Price: 7 }))).toEqual(['UNCHANGED']);
    expect((await sync({ id: '1', Program_Price: null, Price: null })).results[0]?.changes).toMatchObject({
      price: { after: null },
    });
  });

  it('name the id too, the first that is there', async () => {
    const report = await sync(
      { Product_ID: 'p1', Name: 'HND' },
      { id: null, ID: 'p2', Name: 'HND' },
      { ID: 'p3', Product_ID: 'p4', Name: 'HND' },
    );
    expect(report.results.map(({ zoho_program_id: id }) => id)).toEqual(['p1', 'p2', 'p3']);
  });
});
