import { gzipSync } from 'node:zlib';
import { newTenant, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start({ MAX_BODY_BYTES: '200000', MAX_BATCH_RECORDS: '50' });
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

interface Report {
  code?: string;
  detail?: string;
  results?: { status: string; zoho_program_id: string }[];
}

const post = (body: string | Uint8Array<ArrayBuffer>, contentType?: string, headers: Record<string, string> = {}) =>
  service.send<Report>('POST', '/v1/sync/programs', {
    body,
    headers: { 'X-Tenant-ID': tenant, ...(contentType !== undefined && { 'Content-Type': contentType }), ...headers },
  });
const PROGRAM = { id: 'p1', Name: 'HND' };
const json = (value: unknown): string => JSON.stringify(value);

describe('every body that Zoho sends is the same request', () => {
  const bodies: [string, string][] = [
    ['a list in data', json({ data: [PROGRAM] })],
    ['one record in data', json({ data: PROGRAM })],
    ['a list in records', json({ records: [PROGRAM] })],
    ['a bare list', json([PROGRAM])],
    ['a bare record', json(PROGRAM)],
    ['data with source and module', json({ source: 'zoho_products', module: 'Products', data: [PROGRAM] })],
    [
      'a notification channel that wraps data',
      json({ channel_id: '1000000068001', event: 'Products.edit', data: [PROGRAM] }),
    ],
    ['a byte-order mark', `\ufeff${json({ data: [PROGRAM] })}`],
  ];
  const types = [
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/vnd.zoho+json',
    'application/json; charset=us-ascii',
  ];
  const cases = bodies.flatMap(([name, body]) => types.map((type) => [name, type, body] as const));

  it.each(cases)('%s as %s', async (_name, type, body) => {
    expect(await post(body, type)).toMatchObject({
      status: 200,
      body: { results: [{ zoho_program_id: 'p1', status: 'NEW' }] },
    });
  });

  it.each(bodies)('%s without a content type', async (_name, body) => {
    // fetch adds a type to a string, and none to bytes
    expect(await post(new TextEncoder().encode(body))).toMatchObject({
      status: 200,
      body: { results: [{ status: 'NEW' }] },
    });
  });

  it.each([
    ['one field for each field', 'id=p1&Name=HND+%26+more&Price=1%2C299.00&MoodleID='],
    ['data holding a list', `data=${encodeURIComponent(json([PROGRAM]))}`],
    ['data holding the whole envelope', `module=Products&data=${encodeURIComponent(json(PROGRAM))}`],
    ['records holding a list', `records=${encodeURIComponent(json([PROGRAM]))}`],
  ])('a form with %s', async (_name, body) => {
    expect(await post(body, 'application/x-www-form-urlencoded')).toMatchObject({
      status: 200,
      body: { results: [{ zoho_program_id: 'p1', status: 'NEW' }] },
    });
  });

  it('a form keeps non-ASCII text, encoded or not', async () => {
    await post(
      'id=p1&Name=%C4%B0zmir&Description=Kad\u0131k\u00f6y',
      'application/x-www-form-urlencoded; charset=utf-8',
    );
    expect(await service.row('programs', 'p1', tenant)).toMatchObject({ name: 'İzmir', description: 'Kadıköy' });
  });

  it('UTF-16 and Latin-1 when the charset says so', async () => {
    const latin = Uint8Array.from(Buffer.from(json({ id: 'p1', Name: 'Café' }), 'latin1'));
    const utf16 = Uint8Array.from(Buffer.from(json({ id: 'p2', Name: 'Café' }), 'utf16le'));
    await post(latin, 'application/json; charset=iso-8859-1');
    await post(utf16, 'application/json; charset=utf-16le');
    for (const id of ['p1', 'p2']) expect(await service.row('programs', id, tenant)).toMatchObject({ name: 'Café' });
  });

  it('gzip', async () => {
    const answer = await post(Uint8Array.from(gzipSync(json([PROGRAM]))), 'application/json', {
      'Content-Encoding': 'gzip',
    });
    expect(answer).toMatchObject({ status: 200, body: { results: [{ status: 'NEW' }] } });
  });
});

describe('a body that cannot be processed is told why, and stores nothing', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const bytes = (...codes: number[]) => Uint8Array.from(codes);
  const form = 'application/x-www-form-urlencoded';

  it.each<[string, number, string, string | Uint8Array<ArrayBuffer>, string?, Record<string, string>?]>([
    ['nothing', 400, 'EMPTY_BODY', ''],
    ['white space', 400, 'EMPTY_BODY', ' \n\t'],
    ['an empty object', 400, 'EMPTY_BODY', '{}'],
    ['half of a record', 400, 'MALFORMED_JSON', '{"data":[{"id":"p1"'],
    ['a trailing comma', 400, 'MALFORMED_JSON', '{"data":[{"id":"p1"},]}'],
    ['single quotes', 400, 'MALFORMED_JSON', "{'id':'p1'}"],
    ['NaN', 400, 'MALFORMED_JSON', '{"id":NaN}'],
    ['a form under a JSON name', 400, 'MALFORMED_JSON', 'id=p1&Name=HND', 'application/json'],
    ['a form whose data is no JSON', 400, 'MALFORMED_JSON', 'data=%7B', form],
    ['bytes that are no UTF-8', 400, 'INVALID_ENCODING', bytes(0x5b, 0x22, 0xff, 0x22, 0x5d)],
    ['a form that spells no UTF-8', 400, 'INVALID_ENCODING', 'id=p1&Name=%FF', form],
    ['33 levels', 400, 'TOO_DEEP', nested(33)],
    ['90,000 levels', 400, 'TOO_DEEP', nested(90_000)],
    ['90,000 levels that never close', 400, 'TOO_DEEP', '{"a":'.repeat(30_000)],
    ['broken gzip', 400, 'BODY_NOT_READABLE', bytes(1, 2, 3), 'application/json', { 'Content-Encoding': 'gzip' }],
    ['a body that is too large', 413, 'BODY_TOO_LARGE', ' '.repeat(200_001)],
    [
      'a compression bomb',
      413,
      'BODY_TOO_LARGE',
      Uint8Array.from(gzipSync(' '.repeat(5_000_000))),
      'application/json',
      { 'Content-Encoding': 'gzip' },
    ],
    ['51 records', 413, 'TOO_MANY_RECORDS', json(Array(51).fill(PROGRAM))],
    ['50,001 subform rows', 413, 'TOO_MANY_ROWS', json([{ id: '1', Rows: Array(50_001).fill(0) }])],
    ['50,001 subform rows as text', 413, 'TOO_MANY_ROWS', json([{ id: '1', Rows: `[${'{},'.repeat(50_001)}]` }])],
    ['a form of 10,001 fields', 413, 'TOO_MANY_FIELDS', 'id=p1' + '&a='.repeat(10_000), form],
    [
      'an unknown encoding',
      415,
      'ENCODING_NOT_SUPPORTED',
      json(PROGRAM),
      'application/json',
      { 'Content-Encoding': 'lzma' },
    ],
    ['XML', 415, 'UNSUPPORTED_MEDIA_TYPE', '<x/>', 'application/xml'],
    ['a multipart form', 415, 'UNSUPPORTED_MEDIA_TYPE', 'x', 'multipart/form-data; boundary=x'],
    ['a type that is none', 415, 'UNSUPPORTED_MEDIA_TYPE', json(PROGRAM), 'json'],
    ['an unknown charset', 415, 'UNSUPPORTED_MEDIA_TYPE', json(PROGRAM), 'application/json; charset=klingon'],
    ['an empty list', 422, 'NO_RECORDS', '[]'],
    ['empty data', 422, 'NO_RECORDS', '{"data":[]}'],
    ['null data', 422, 'NO_RECORDS', '{"data":null}'],
    ['null', 422, 'NO_RECORDS', 'null'],
    ['a number', 422, 'NO_RECORDS', '42'],
    ['a string', 422, 'NO_RECORDS', '"data"'],
    ['a record without an id', 422, 'NO_RECORDS', '{"Name":"HND"}'],
    ['a notice of an id only', 422, 'RECORD_WITHOUT_FIELDS', '{"zoho_id":"p1","module":"Products"}'],
    ['a notice of ids', 422, 'RECORD_WITHOUT_FIELDS', '{"ids":["p1"],"module":"Products","operation":"update"}'],
    [
      'an event with a record id',
      422,
      'RECORD_WITHOUT_FIELDS',
      '{"notification_id":"n","timestamp":"2026-01-25T10:30:00","operation":"update","record_id":"p1"}',
    ],
    [
      'a notice whose merge tag was not filled in',
      422,
      'RECORD_WITHOUT_FIELDS',
      '{"zoho_id":"${!Products.Id}","module":"Products"}',
    ],
    ['another route’s module', 422, 'WRONG_MODULE', json({ module: 'BTEC_Students', data: [PROGRAM] })],
  ])('%s: %i %s', async (_name, status, code, body, type = 'application/json', headers = {}) => {
    const answer = await post(body, type, headers);
    expect(answer).toMatchObject({
      status,
      body: { code, status, request_id: expect.any(String) as string, instance: '/v1/sync/programs' },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect((await service.get<{ data: unknown[] }>('/v1/programs', tenant)).body.data).toEqual([]);
  });

  it('says where the JSON is malformed, and repeats none of it', async () => {
    const answer = await post('{"data":[\n  {"id":"p1", "Name": secret}\n]}');
    expect(answer.body.detail).toContain('line 2, column 23');
    expect(JSON.stringify(answer.body)).not.toContain('secret');
  });

  it('says which fields to add to a notice', async () => {
    const answer = await post('{"zoho_id":"p1"}');
    expect(answer.body.detail).toContain('id, Product_Name, and Modified_Time');
  });

  it('takes exactly as many records as it may', async () => {
    expect(await post(json(Array(50).fill(PROGRAM)))).toMatchObject({ status: 200 });
  });

  it('takes 32 levels', async () => {
    const deep = JSON.parse('['.repeat(29) + ']'.repeat(29)) as unknown;
    expect(await post(json({ data: [{ ...PROGRAM, Other: deep }] }))).toMatchObject({
      status: 200,
      body: { results: [{ status: 'NEW' }] },
    });
  });
});

describe('a notice of deletions names its records', () => {
  const FORM = 'application/x-www-form-urlencoded';
  it.each([
    ['a list', json({ ids: ['1', '2'], operation: 'delete' }), 'application/json'],
    ['a list as text', json({ ids: '["1","2"]', operation: 'delete' }), 'application/json'],
    ['ids with commas', json({ ids: '1, 2', operation: 'delete' }), 'application/json'],
    ['a list in a form', 'ids=%5B%221%22%2C%222%22%5D&operation=delete', FORM],
    ['numbers in a form', 'ids=[1,2]&operation=delete', FORM],
    ['ids with commas in a form', 'ids=1,2&operation=delete', FORM],
  ])('as %s', async (_name, body, type) => {
    expect(await post(body, type)).toMatchObject({
      status: 200,
      body: {
        results: [
          { zoho_program_id: '1', status: 'DELETED' },
          { zoho_program_id: '2', status: 'DELETED' },
        ],
      },
    });
  });

  it.each([' ', ',', '[]'])('and not as "%s"', async (ids) => {
    expect(await post(json({ ids, operation: 'delete' }))).toMatchObject({ status: 422, body: { code: 'NO_RECORDS' } });
  });
});
