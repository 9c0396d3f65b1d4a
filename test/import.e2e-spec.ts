import { gzipSync } from 'node:zlib';
import { newTenant, TestService } from './support/app';
import { countsOf, csv, importsOf, ndjson, PORTION, students } from './support/imports';
import { inTenant } from './support/in-tenant';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const at = () => ({ service, tenant });
const { sync, row, stored, deferred } = inTenant(at);
const { send, take, list, rejected } = importsOf(at);
const CSV = { type: 'text/csv' };

describe('a file of NDJSON', () => {
  it('is taken in portion by portion: all is counted, stored once, and told in each record’s history', async () => {
    const report = await take(ndjson(students(2 * PORTION + 1)));
    expect(report).toMatchObject({
      status: 'success',
      tenant_id: tenant,
      entity: 'students',
      resumed: false,
      summary: { total: 2 * PORTION + 1, NEW: 2 * PORTION + 1 },
      rejected: { total: 0, first: [] },
    });
    expect(await countsOf(tenant)).toMatchObject({ students: 2_001, changes: 2_001, runs: 3, portions: 0 });
    const history = await service.get<{ data: { run_id: string }[] }>('/v1/students/s2000/history', tenant);
    const run = await service.get(`/v1/runs/${history.body.data[0]?.run_id}`, tenant);
    expect(run.body).toMatchObject({
      kind: 'import',
      entity: 'students',
      import_id: report.import_id,
      summary: { NEW: 1 },
      results: [],
    });
    expect(await take(ndjson(students(5)))).toMatchObject({ resumed: false, summary: { total: 5, UNCHANGED: 5 } });
  });

  it('has lines that cannot be read: each is told with its place, and the others are applied', async () => {
    const [one, two, three] = students(3).map((student) => JSON.stringify(student));
    const lines = [
      Buffer.from(`${one}\n\n  \r\n{"id": \n[1]\n"text"\n${'['.repeat(40)}\n{"id":"bad","Display_Name":"`),
      Buffer.of(0xff),
      Buffer.from(`"}\n${JSON.stringify({ id: 'long', Display_Name: 'x'.repeat(1_024 * 1_024) })}\n`),
      Buffer.from(`${two}\n{"Display_Name":"Nobody"}\n{"id":"s9"}\n${three}`),
    ];
    const report = await take(Buffer.concat(lines));
    expect(report.summary).toMatchObject({ total: 11, NEW: 3, INVALID: 8 });
    expect(report.rejected.first.map(({ record, errors }) => [record, errors?.[0]?.code])).toEqual([
      [2, 'MALFORMED_JSON'],
      [3, 'INVALID_DATA'],
      [4, 'INVALID_DATA'],
      [5, 'TOO_DEEP'],
      [6, 'INVALID_ENCODING'],
      [7, 'TOO_LONG'],
      [9, 'MANDATORY_NOT_FOUND'],
      [10, 'MANDATORY_NOT_FOUND'],
    ]);
    expect(report.rejected.first[0]).toMatchObject({ zoho_id: null, message: 'line 4 is not valid JSON: column 7' });
    expect(await Promise.all(['s0', 's1', 's2'].map((id) => stored('students', id)))).toEqual([true, true, true]);
  });

  it('keeps ids of 19 digits, and a byte-order mark is no part of it', async () => {
    const body = '\uFEFF{"id":5725767000003000064,"Display_Name":"Omar","Academic_Email":"o@c.example"}';
    expect(await take(body)).toMatchObject({ summary: { NEW: 1 } });
    expect(await stored('students', '5725767000003000064')).toBe(true);
  });
});

describe('a file of CSV', () => {
  it.each([',', ';', '\t'])('is read with %j between its cells', async (delimiter) => {
    expect(await take(csv(students(3), delimiter), CSV)).toMatchObject({ summary: { total: 3, NEW: 3 } });
    expect(await row('students', 's2')).toMatchObject({ academic_email: 's2@c.example' });
  });

  it('may have a byte-order mark, quotes, line breaks in cells, any line ends and blank lines; null is an empty cell', async () => {
    const body =
      '\uFEFFid,"Display_Name",Academic_Email,Phone,Unknown\r\n' +
      's0,"Omar ""O"", Kaya",o@c.example,"+90\n555",x\n\n' +
      's1,5" Omar,p@c.example,,"1,2"\r,,,,\r\n';
    expect(await take(body, CSV)).toMatchObject({ summary: { total: 2, NEW: 2 } });
    expect(await row('students', 's0')).toMatchObject({ display_name: 'Omar "O", Kaya' });
    expect(await row('students', 's1')).toMatchObject({ display_name: '5" Omar', phone: null });
    await sync('students', { id: 's1', Phone: '1' });
    expect((await row('students', 's1'))['phone']).toBe('1');
    expect(await take('id,Phone\ns1,\n', CSV)).toMatchObject({ summary: { UPDATED: 1 } });
    expect((await row('students', 's1'))['phone']).toBeNull();
  });

  it('has rows with too many or too few cells, or that are no UTF-8: each is told, and the others are applied', async () => {
    const body = Buffer.concat([
      Buffer.from('id,Display_Name,Academic_Email\ns0,Omar,a@c.example\ns1,Omar\ns2,Omar,b@c.example,more\ns3,'),
      Buffer.of(0xc3, 0x28),
      Buffer.from(',c@c.example\ns4,Omar,d@c.example\n'),
    ]);
    const report = await take(body, CSV);
    expect(report.summary).toMatchObject({ total: 5, NEW: 2, INVALID: 3 });
    expect(report.rejected.first.map(({ record, errors }) => [record, errors?.[0]?.code])).toEqual([
      [2, 'WRONG_NUMBER_OF_CELLS'],
      [3, 'WRONG_NUMBER_OF_CELLS'],
      [4, 'INVALID_ENCODING'],
    ]);
  });

  it('may hold the sign for what could not be decoded, where nothing is amiss', async () => {
    expect(await take('id,Display_Name,Academic_Email\ns0,\uFFFD,a@c.example\n', CSV)).toMatchObject({
      summary: { NEW: 1 },
    });
    expect((await row('students', 's0'))['display_name']).toBe('\uFFFD');
  });

  it('of rejected rows is taken in as it is: the columns that were added count for nothing', async () => {
    const body = '_record,_status,_reasons,id,Display_Name,Academic_Email\n7,INVALID,why,s0,Omar,a@c.example\n';
    expect(await take(body, CSV)).toMatchObject({ summary: { NEW: 1 } });
  });
});

describe('records stand in the order of the file', () => {
  it('of one id the later one counts, though it is in another portion', async () => {
    const all = students(PORTION);
    const body = [{ ...all[0], Phone: '1' }, ...all.slice(1), { id: 's0', Phone: '2' }, { id: 's1', Phone: '3' }];
    const report = await take(ndjson([...body, ...students(2 * PORTION, PORTION), { id: 's0', Phone: '1' }]));
    expect(report.summary).toMatchObject({ NEW: 2 * PORTION, UPDATED: 3 });
    expect([(await row('students', 's0'))['phone'], (await row('students', 's1'))['phone']]).toEqual(['1', '3']);
  });

  it('an e-mail is the first one’s, and is the next one’s when the first has given it up before', async () => {
    const wants = (id: string, email: string) => ({ id, Display_Name: 'Omar', Academic_Email: email });
    const first = [wants('a', 'one@c.example'), ...students(PORTION - 1)];
    const second = [wants('b', 'ONE@c.example'), wants('a', 'two@c.example'), ...students(2 * PORTION, PORTION + 2)];
    const report = await take(ndjson([...first, ...second, wants('c', 'one@c.example')]));
    expect(report.rejected.first).toMatchObject([{ zoho_id: 'c', errors: [{ code: 'DUPLICATE_DATA' }] }]);
    expect(report.summary).toMatchObject({ INVALID: 1 });
    expect((await row('students', 'b'))['academic_email']).toBe('ONE@c.example');
  });
});

it('releases what waited for its records, before it answers', async () => {
  await sync('classes', { id: 'c1', Class_Name: 'C' });
  await sync('enrollments', { id: 'e1', Student: 's0', Class: 'c1' }, { id: 'e2', Student: 'unknown', Class: 'c1' });
  expect(await take(ndjson(students(3)))).toMatchObject({ released: 1 });
  expect((await deferred()).map(({ zoho_id: id }) => id)).toEqual(['e2']);
  const waiting = await take(ndjson([{ id: 'e3', Student: 'unknown', Class: 'c1' }]), { entity: 'enrollments' });
  expect(waiting).toMatchObject({ summary: { SKIPPED: 1 }, rejected: { total: 0 } });
  expect((await list())[0]).toMatchObject({ entity: 'enrollments', summary: { SKIPPED: 1 }, rejected: 0 });
});

it.each(['programs', 'classes', 'enrollments', 'registrations', 'payments', 'units', 'grades', 'teachers'])(
  'takes %s in too',
  async (entity) => {
    const body = ndjson([{ id: '1', Name: 'HND', Class_Name: 'C', Student: 'x', Class: 'x', Program: 'x', Amount: 1 }]);
    const report = await take(body, { entity });
    expect(report).toMatchObject({ entity, summary: { total: 1 } });
  },
);

it('is unpacked as it comes', async () => {
  const body = Uint8Array.from(gzipSync(ndjson(students(PORTION + 1))));
  const headers = { 'Content-Encoding': 'gzip' };
  expect(await take(body, { headers })).toMatchObject({ summary: { NEW: PORTION + 1 } });
});

it('a dry run tells what would become of each record, and leaves nothing', async () => {
  await sync('students', { id: 's0', Display_Name: 'Omar', Academic_Email: 's0@c.example' });
  const before = await countsOf(tenant);
  const body = ndjson([...students(PORTION + 5), { id: 'x' }]);
  const report = await take(body, { query: '?dryRun=true&full=true' });
  expect(report).toMatchObject({
    dry_run: true,
    import_id: null,
    summary: { total: PORTION + 6, NEW: PORTION + 4, UNCHANGED: 1, INVALID: 1 },
    rejected: { total: 1, first: [{ record: PORTION + 6, zoho_id: 'x' }] },
    missing: { total: 0 },
  });
  expect(await countsOf(tenant)).toEqual(before);
});

it('is another tenant’s business to nobody', async () => {
  const { import_id: id } = await take(ndjson([...students(2), { id: 'x' }]));
  const theirs = newTenant();
  expect(await rejected(id)).toHaveLength(1);
  expect((await service.get(`/v1/imports/${id}`, theirs)).status).toBe(404);
  expect((await service.get(`/v1/imports/${id}/rejected`, theirs)).status).toBe(404);
  expect((await service.get<{ data: [] }>('/v1/imports', theirs)).body.data).toEqual([]);
});

it('lists rejected records page by page, in the order of the file', async () => {
  const bad = (n: number) => ({ id: `x${n}` });
  const body = ndjson([bad(1), ...students(PORTION), bad(2), bad(3)]);
  const { import_id: id } = await take(body);
  const pages: (number | undefined)[][] = [];
  for (let cursor = ''; ;) {
    const { body: page } = await service.get<{ data: { record: number }[]; next_cursor: string | null }>(
      `/v1/imports/${id}/rejected?limit=2${cursor}`,
      tenant,
    );
    pages.push(page.data.map(({ record }) => record));
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  expect(pages).toEqual([[1, PORTION + 2], [PORTION + 3]]);
});

describe('what cannot be taken in', () => {
  it.each([
    ['an empty name', 'id,,Phone\n1,2,3\n', 'no name for column 2'],
    ['a name twice', 'id,Phone, Phone \n1,2,3\n', 'two columns of the name Phone'],
    ['no id', 'Display_Name,Phone\n1,2\n', 'one of id, ID, zoho_id'],
  ])('a header with %s, of which nothing is applied', async (_what, body, why) => {
    const answer = await send(body, CSV);
    expect(answer).toMatchObject({ status: 422, body: { code: 'CSV_HEADER_INVALID' } });
    expect(JSON.stringify(answer.body)).toContain(why);
    expect(await countsOf(tenant)).toMatchObject({ imports: 0, runs: 0 });
  });

  it.each([
    ['another type', '1', { type: 'application/json' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', '1', { type: 'text/csv; charset=utf-16' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another encoding', '1', { headers: { 'Content-Encoding': 'zstd' } }, 415, 'ENCODING_NOT_SUPPORTED'],
    ['nothing', '', {}, 400, 'EMPTY_BODY'],
    ['blanks alone', ' \r\n\n', CSV, 400, 'EMPTY_BODY'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x69, 0), CSV, 400, 'INVALID_ENCODING'],
    ['no gzip', 'text', { headers: { 'Content-Encoding': 'gzip' } }, 400, 'BODY_NOT_READABLE'],
    ['an unknown entity', '{}', { entity: 'nobody' }, 404, 'NOT_FOUND'],
    ['a wrong parameter', '{}', { query: '?dry_run=true' }, 422, 'PARAMETER_INVALID'],
    ['a deletion of what is not full', '{}', { query: '?deleteMissing=1' }, 422, 'PARAMETER_INVALID'],
    ['a key that is none', '{}', { headers: { 'Idempotency-Key': '' } }, 422, 'IDEMPOTENCY_KEY_MALFORMED'],
  ] as const)('%s', async (_what, body, wishes, status, code) => {
    expect(await send(body, wishes)).toMatchObject({ status, body: { code } });
  });

  it('a quote that is left open ends the reading: what came in portions before it is stored', async () => {
    const open = `s9999,"Omar,x@c.example\r\n${csv(students(30_000, 10_000))}`;
    const answer = await send(csv(students(PORTION)) + open, CSV);
    expect(answer).toMatchObject({ status: 400, body: { code: 'CSV_NOT_READABLE' } });
    expect(JSON.stringify(answer.body)).toContain(`Record ${PORTION + 1} is longer`);
    expect(await countsOf(tenant)).toMatchObject({ students: PORTION });
    const mended = await take(csv(students(PORTION + 5)), CSV);
    expect(mended).toMatchObject({ resumed: true, summary: { NEW: PORTION + 5 } });
  });
});
