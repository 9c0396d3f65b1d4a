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

const sync = (...data: unknown[]) => service.sync('students', { data }, { tenant });
const row = (id: string): Promise<Row> => service.row('students', id, tenant);
const student = (id: string, email: string, rest: object = {}) => ({
  id,
  Display_Name: `Student ${id}`,
  Academic_Email: email,
  ...rest,
});

describe('names of a student', () => {
  it('takes Name for the autonumber beside Display_Name or First_Name, and for the name when it stands alone', async () => {
    await sync(
      { id: '1', Name: 'A01', Display_Name: 'Omar K.', Academic_Email: '1@c.example' },
      { id: '2', Name: 'A02', First_Name: 'Mina', Last_Name: 'Aslan', Academic_Email: '2@c.example' },
      { id: '3', Name: 'Layla Haddad', Academic_Email: '3@c.example' },
      { id: '4', name: 'Test Student', email: '4@c.example' },
    );
    expect(await row('1')).toMatchObject({ display_name: 'Omar K.', student_number: 'A01' });
    expect(await row('2')).toMatchObject({ display_name: 'Mina Aslan', student_number: 'A02' });
    expect(await row('3')).toMatchObject({ display_name: 'Layla Haddad', student_number: null });
    expect(await row('4')).toMatchObject({ display_name: 'Test Student', student_number: null });
  });

  it('takes Name alone for the number once the row has one', async () => {
    await sync({ id: '1', Name: 'A01', Display_Name: 'Omar Kaya', Academic_Email: '1@c.example' });
    const report = await sync({ id: '1', Name: 'A02' });
    expect(report.results[0]?.changes).toEqual({ student_number: { before: 'A01', after: 'A02' } });
  });

  it('prefers first and last name to Name, and Name to name', async () => {
    await sync(
      { id: '1', Last_Name: 'Kaya', Name: 'S-1', Academic_Email: '1@c.example' },
      { id: '2', Name: 'Mina', name: 'other', Academic_Email: '2@c.example' },
    );
    expect(await row('1')).toMatchObject({ display_name: 'Kaya' });
    expect(await row('2')).toMatchObject({ display_name: 'Mina' });
  });

  it('lets a derived display name follow the first name, and keeps one that was given', async () => {
    await sync({ id: '1', First_Name: 'Omar', Last_Name: 'Kaya', Academic_Email: '1@c.example' });
    await sync({
      id: '2',
      Display_Name: 'Mina',
      First_Name: 'Mina',
      Last_Name: 'Aslan',
      Academic_Email: '2@c.example',
    });
    const report = await sync({ id: '1', First_Name: 'Umar' }, { id: '2', Last_Name: 'Demir' });
    expect(report.results[0]?.changes).toMatchObject({ display_name: { before: 'Omar Kaya', after: 'Umar Kaya' } });
    expect(report.results[1]?.changes).toEqual({ last_name: { before: 'Aslan', after: 'Demir' } });
  });

  it('does not mistake a first name that comes alone for the whole name', async () => {
    await sync({
      id: '1',
      Display_Name: 'Omar Kaya',
      First_Name: 'Omar',
      Last_Name: 'Kaya',
      Academic_Email: '1@c.example',
    });
    expect(statusesOf(await sync({ id: '1', First_Name: 'Omar' }))).toEqual(['UNCHANGED']);
  });
});

describe('the academic e-mail', () => {
  it('is stored as Zoho spells it, with the user name in lower case', async () => {
    await sync(student('1', ' Layla.Haddad@College.example '));
    expect(await row('1')).toMatchObject({
      academic_email: 'Layla.Haddad@College.example',
      username: 'layla.haddad@college.example',
    });
  });

  it('is never invented, and never taken from the personal address when it is null', async () => {
    const report = await sync(
      { id: '1', Display_Name: 'X' },
      { id: '2', Display_Name: 'X', Academic_Email: null, Email: 'x@mail.example' },
      { id: '3', Display_Name: 'X', Academic_Email: 'not an address' },
    );
    expect(report.results.map(({ status, errors }) => [status, errors?.[0]?.field])).toEqual(
      Array(3).fill(['INVALID', 'academic_email']),
    );
  });

  it('is read from Email on first sight only', async () => {
    await sync({ id: '1', Display_Name: 'X', Email: 'first@c.example' });
    expect(await row('1')).toMatchObject({ academic_email: 'first@c.example' });
    expect(statusesOf(await sync({ id: '1', Email: 'second@c.example' }, { id: '1', Email: 'no address' }))).toEqual([
      'UNCHANGED',
      'UNCHANGED',
    ]);
  });

  it('is INVALID for the second of two that share it, which names the first and disturbs nobody', async () => {
    const report = await sync(
      student('1', 'mina@c.example'),
      student('2', 'MINA@c.example'),
      student('3', 'yusuf@c.example'),
    );
    expect(statusesOf(report)).toEqual(['NEW', 'INVALID', 'NEW']);
    expect(report.results[1]?.errors).toEqual([
      { field: 'academic_email', code: 'DUPLICATE_DATA', message: 'academic_email is already used by student 1' },
    ]);
    const later = await sync(student('4', 'Mina@c.example', { Phone: '1' }), {
      id: '3',
      Academic_Email: 'mina@c.example',
      Phone: '2',
    });
    expect(statusesOf(later)).toEqual(['INVALID', 'INVALID']);
    expect(await row('3')).toMatchObject({ academic_email: 'yusuf@c.example', phone: null });
  });

  it('may be swapped and handed over within one request, in any order', async () => {
    await sync(student('1', 'a@c.example'), student('2', 'b@c.example'));
    expect(statusesOf(await sync(student('1', 'b@c.example'), student('2', 'a@c.example')))).toEqual([
      'UPDATED',
      'UPDATED',
    ]);
    expect([(await row('1'))['academic_email'], (await row('2'))['academic_email']]).toEqual([
      'b@c.example',
      'a@c.example',
    ]);
    const handOver = await sync(student('3', 'b@c.example'), student('1', 'c@c.example'), student('4', 'd@c.example'));
    expect(statusesOf(handOver)).toEqual(['NEW', 'UPDATED', 'NEW']);
    expect(
      statusesOf(await sync(student('5', 'a@c.example'), student('6', 'b@c.example'), student('7', 'c@c.example'))),
    ).toEqual(Array(3).fill('INVALID'));
  });

  it('stays with a record whose own change is refused, all along a chain', async () => {
    await sync(student('1', 'a@c.example'), student('2', 'b@c.example'), student('9', 'taken@c.example'));
    const report = await sync(
      student('3', 'a@c.example'),
      student('1', 'b@c.example'),
      student('2', 'taken@c.example'),
    );
    expect(statusesOf(report)).toEqual(['INVALID', 'INVALID', 'INVALID']);
    expect(report.results.map(({ errors }) => errors?.[0]?.message.split(' ').at(-1))).toEqual(['1', '2', '9']);
    expect([(await row('1'))['academic_email'], (await row('2'))['academic_email']]).toEqual([
      'a@c.example',
      'b@c.example',
    ]);
  });

  it('can be passed on along a chain of any length in one request', async () => {
    const many = Array.from({ length: 300 }, (_none, n) => n);
    await sync(...many.map((n) => student(`s${n}`, `m${n}@c.example`)));
    const moved = await sync(...many.map((n) => student(`s${n}`, `m${n + 1}@c.example`)));
    expect(moved.summary).toMatchObject({ UPDATED: 300 });
    await sync(student('blocker', 'm0@c.example'));
    const back = await sync(...many.map((n) => student(`s${n}`, `m${n}@c.example`)));
    expect(back.summary).toMatchObject({ INVALID: 300 });
  });

  it('is free again once its holder has another', async () => {
    await sync(student('1', 'a@c.example'));
    await sync(student('1', 'b@c.example'));
    expect(statusesOf(await sync(student('2', 'A@c.example')))).toEqual(['NEW']);
  });

  it('may change its case without being taken by itself', async () => {
    await sync(student('1', 'a@c.example'));
    const report = await sync(student('1', 'A@c.example'));
    expect(report.results[0]?.changes).toEqual({ academic_email: { before: 'a@c.example', after: 'A@c.example' } });
  });

  it('passes over a record that asks for a taken one and goes on with the next of the same id', async () => {
    await sync(student('9', 'taken@c.example'));
    const report = await sync(student('1', 'taken@c.example', { Phone: '1' }), student('1', 'free@c.example'));
    expect(statusesOf(report)).toEqual(['INVALID', 'NEW']);
    expect(await row('1')).toMatchObject({ academic_email: 'free@c.example', phone: null });
    expect(statusesOf(await sync(student('2', 'free@c.example')))).toEqual(['INVALID']);
  });

  it('may be passed through by records of one id without disturbing who gets it in the end', async () => {
    const report = await sync(
      student('s1', 'a@c.example'),
      { id: 's1', Academic_Email: 'b@c.example' },
      student('s0', 'a@c.example'),
      student('s2', 'b@c.example'),
    );
    expect(statusesOf(report)).toEqual(['NEW', 'UPDATED', 'NEW', 'INVALID']);
    expect(report.results[3]?.message).toContain('student s1');
    expect(await row('s1')).toMatchObject({ academic_email: 'b@c.example' });
    const there = await sync(
      { id: 's0', Academic_Email: 'x@c.example', City: 'kept' },
      { id: 's0', Academic_Email: 'a@c.example' },
      student('s3', 'x@c.example'),
    );
    expect(statusesOf(there)).toEqual(['UPDATED', 'UPDATED', 'NEW']);
    expect(await row('s0')).toMatchObject({ academic_email: 'a@c.example', city: 'kept' });
  });

  it('is settled when a record keeps its own first and leaves it later', async () => {
    await sync(student('G', 'v@c.example'), student('B', 'b@c.example'));
    const report = await sync(
      { id: 'G', City: 'x' },
      { id: 'G', Academic_Email: 'w@c.example' },
      { id: 'B', Academic_Email: 'v@c.example' },
    );
    expect(statusesOf(report)).toEqual(['UPDATED', 'UPDATED', 'UPDATED']);
    expect(await row('B')).toMatchObject({ academic_email: 'v@c.example' });
  });

  it('is not refused for the sake of a record that is refused itself', async () => {
    await sync(student('9', 'taken@c.example'));
    const report = await sync(
      student('1', 'taken@c.example'),
      { id: '1', Academic_Email: 'wanted@c.example' },
      student('2', 'wanted@c.example'),
    );
    expect(statusesOf(report)).toEqual(['INVALID', 'INVALID', 'NEW']);
    expect(report.results[1]?.errors?.map(({ field }) => field)).toEqual(['display_name']);
  });

  it.each([
    'a@b.co\u200b',
    'a\u200b@b.co',
    'a\u202e@b.co',
    'a@b',
    'a b@c.example',
    '@c.example',
    'a@@c.example',
    'a@c..example',
  ])('is refused as %j', async (address) => {
    const report = await sync(student('1', address));
    expect(report.results[0]).toMatchObject({ status: 'INVALID', errors: [{ field: 'academic_email' }] });
  });

  it('may be the same in two tenants', async () => {
    await sync(student('1', 'a@c.example'));
    const elsewhere = await service.sync('students', { data: [student('2', 'a@c.example')] }, { tenant: newTenant() });
    expect(statusesOf(elsewhere)).toEqual(['NEW']);
  });

  it('is claimed by nobody after a dry run or a refused record', async () => {
    await service.sync('students', { data: [student('1', 'a@c.example')] }, { tenant, query: '?dryRun=1' });
    await sync(student('2', 'a@c.example', { Birth_Date: 'x' }));
    expect(statusesOf(await sync(student('3', 'a@c.example')))).toEqual(['NEW']);
  });
});

describe('the program of a student', () => {
  it.each([
    ['an object', { id: 'p1', name: 'HND' }],
    ['a bare id', 'p1'],
    ['a list of one', [{ id: 'p1' }]],
    ['JSON in a string', '{"id":"p1"}'],
    ['a string in a string', '"p1"'],
    ['a list of JSON in a string', '[{"id":"p1","name":"HND"}]'],
  ])('is read from %s', async (_case, lookup) => {
    await sync(student('1', 'a@c.example', { Program: lookup }));
    expect(await row('1')).toMatchObject({ program: 'p1' });
  });

  it.each([
    ['null', null],
    ['an empty object', {}],
    ['an empty list', []],
    ['an empty string', ''],
    ['null in a string', 'null'],
  ])('is cleared by %s', async (_case, lookup) => {
    await sync(student('1', 'a@c.example', { Program: 'p1' }));
    const report = await sync({ id: '1', Program: lookup });
    expect(report.results[0]?.changes).toEqual({ program: { before: 'p1', after: null } });
  });

  it.each([
    ['two ids', [{ id: 'p1' }, { id: 'p2' }]],
    ['a name without an id', { name: 'HND' }],
    ['a list in a list', [['p1']]],
    ['an id that is an object', { id: { id: 'p1' } }],
    ['a boolean', true],
    ['a blank id', { id: '  ', name: 'HND' }],
    ['JSON that is deep and broken', `["\n${'['.repeat(5_000)}`],
    ['JSON that is cut off', '{"id":"p1"'],
  ])('is refused as %s, with the reason', async (_case, lookup) => {
    const report = await sync(student('1', 'a@c.example', { Program: lookup }));
    expect(report.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field: 'program', code: 'INVALID_DATA' }],
    });
  });

  it('is kept with a warning until the program is stored', async () => {
    const early = await sync(student('1', 'a@c.example', { Program: { id: 'p1' } }));
    expect(early.results[0]?.warnings).toMatchObject([{ field: 'program', code: 'program_not_synced_yet' }]);
    await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant });
    const later = await sync(student('1', 'a@c.example', { Program: { id: 'p1' } }));
    expect(later.results[0]).toEqual({ zoho_student_id: '1', status: 'UNCHANGED', message: 'Student unchanged' });
  });

  it('arrives with every digit of an unquoted id', async () => {
    const body =
      '{"data":{"id":5843017000000200001,"Display_Name":"X","Academic_Email":"x@c.example","Program":{"id":5843017000000100001}}}';
    await service.send('POST', '/v1/sync/students', { body, headers: { 'X-Tenant-ID': tenant } });
    expect(await row('5843017000000200001')).toMatchObject({ program: '5843017000000100001' });
  });
});

describe('the birth date', () => {
  it.each([
    ['2003-04-17', '2003-04-17'],
    ['2003-04-17T23:30:00+03:00', '2003-04-17'],
    ['2003-04-17T00:30:00-11:00', '2003-04-17'],
    ['2004-02-29', '2004-02-29'],
    ['1899-12-31', '1899-12-31'],
  ])('%s is %s, wherever the server stands', async (written, stored) => {
    await sync(student('1', 'a@c.example', { Birth_Date: written }));
    expect(await row('1')).toMatchObject({ birth_date: stored });
    expect(statusesOf(await sync({ id: '1', Birth_Date: stored }))).toEqual(['UNCHANGED']);
  });

  it.each([
    '2003-02-29',
    '2003-13-01',
    '2003-00-10',
    '20030417',
    '17/04/2003',
    '2003-4-17',
    '2003-04-17T25:00',
    20030417,
  ])('%s is refused', async (written) => {
    const report = await sync(student('1', 'a@c.example', { Birth_Date: written }));
    expect(report.results[0]).toMatchObject({ status: 'INVALID', errors: [{ field: 'birth_date' }] });
  });
});
