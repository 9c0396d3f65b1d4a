import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, newTenant, type Row, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

interface ProfileAnswer {
  version: number;
  profile: unknown;
  created_at: string | null;
  errors?: { field: string; message: string }[];
}

const put = (profile: unknown, to = tenant): Promise<Answer<ProfileAnswer>> =>
  service.send('PUT', `/v1/admin/tenants/${to}/profile`, {
    body: JSON.stringify(profile),
    headers: { 'Content-Type': 'application/json' },
  });
const sync = (record: object) => service.sync('students', { data: [record] }, { tenant });
const row = (id: string): Promise<Row> => service.row('students', id, tenant);
const student = { id: '1', Display_Name: 'Omar', Academic_Email: 'omar@c.example' };

const graded = { unit: 'u1', courseId: 2, activityId: 3 };

describe('a tenant’s profile', () => {
  it('is empty, at version 0, until one is given; then each is a version of its own', async () => {
    const path = `/v1/admin/tenants/${tenant}/profile`;
    expect((await service.get(path)).body).toEqual({ tenant_id: tenant, version: 0, profile: {}, created_at: null });
    const first = { entities: { students: { fields: { phone: { aliases: ['Mobile'] } } } } };
    expect((await put(first)).body).toMatchObject({ version: 1, profile: first });
    expect((await put({ waiting: false })).body).toMatchObject({ version: 2, profile: { waiting: false } });
    expect((await service.get(path)).body).toMatchObject({ version: 2, created_at: expect.any(String) as string });
    expect((await service.get(`${path}?version=1`)).body).toMatchObject({ version: 1, profile: first });
    expect((await service.get(`${path}?version=3`)).status).toBe(404);
  });

  it('names every mistake by its path, and changes nothing', async () => {
    const answer = await put({
      waiting: 'no',
      dates: { formats: ['dd/MM/yyyy', 'EEEE'], zone: 'Mars/Olympus' },
      entities: { students: { fields: { phone: { aliases: [] } }, surprise: 1 } },
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'PROFILE_INVALID' } });
    expect(answer.body.errors?.map(({ field }) => field).toSorted()).toEqual([
      'dates.formats.1',
      'dates.zone',
      'entities.students',
      'entities.students.fields.phone.aliases',
      'waiting',
    ]);
    expect((await service.get<ProfileAnswer>(`/v1/admin/tenants/${tenant}/profile`)).body.version).toBe(0);
  });

  it.each([
    [{ entities: { pupils: {} } }, 'entities.pupils'],
    [{ entities: { students: { fields: { fone: { aliases: ['Fone'] } } } } }, 'entities.students.fields.fone'],
    [{ entities: { students: { dependencies: { phone: 'require' } } } }, 'entities.students.dependencies.phone'],
    [{ entities: { students: { dependencies: { program: 'maybe' } } } }, 'entities.students.dependencies.program'],
    [{ entities: { students: { custom: { phone: ['Phone_2'] } } } }, 'entities.students.custom.phone'],
    [{ entities: { students: { custom: { 'Bad Name': ['X'] } } } }, 'entities.students.custom.Bad Name'],
    [{ entities: { students: { custom: { word: ['operation'] } } } }, 'entities.students.custom.word'],
    [{ entities: { students: { fields: { phone: { aliases: ['id'] } } } } }, 'entities.students.fields.phone.aliases'],
    [{ entities: { students: { zohoModule: 'Products' } } }, 'entities.students.zohoModule'],
    [{ entities: { students: { zohoModule: 'a\u0000b' } } }, 'entities.students.zohoModule'],
    [{ entities: { students: { statuses: { pending: ['\ud800'] } } } }, 'entities.students.statuses.pending.0'],
    [{ entities: { students: { custom: { constructor: ['X\u0000'] } } } }, 'entities.students.custom.constructor.0'],
    [{ moodle: { grades: [{ ...graded, unit: 'u 1' }] } }, 'moodle.grades.0.unit'],
    [{ moodle: { grades: [{ ...graded, component: 'assign' }] } }, 'moodle.grades.0.component'],
    [{ moodle: { grades: [{ ...graded, maximum: 0 }] } }, 'moodle.grades.0.maximum'],
    [{ moodle: { grades: [{ ...graded, words: { D: 101 } }] } }, 'moodle.grades.0.words.D'],
    [{ moodle: { grades: [{ ...graded, words: { 'D\u0000': 90 } }] } }, 'moodle.grades.0.words.D\u0000'],
    [{ moodle: { grades: [graded, { ...graded, activityId: 4 }] } }, 'moodle.grades.1.unit'],
    [
      {
        moodle: {
          grades: [
            { ...graded, class: 'c1' },
            { ...graded, class: 'c1', courseId: 4 },
          ],
        },
      },
      'moodle.grades.1.class',
    ],
    [{ moodle: { grades: [graded, { ...graded, unit: 'u2' }] } }, 'moodle.grades.1.activityId'],
  ])('%j is refused at %s', async (profile, path) => {
    const answer = await put(profile);
    expect(answer.status).toBe(422);
    expect(answer.body.errors?.map(({ field }) => field)).toEqual([path]);
  });

  it.each(['hh:mm dd/MM/yyyy', 'dd/MM/yyyy h', 'dd/MM', 'MM/yyyy'])('%s is no date format', async (format) => {
    expect((await put({ dates: { formats: ['dd/MM/yyyy hh:mm a', format] } })).body.errors).toMatchObject([
      { field: 'dates.formats.1' },
    ]);
  });

  it('with a key that would be passed over is refused', async () => {
    const body = '{"entities":{"students":{"custom":{"__proto__":["X"]}}},"__proto__":{"waiting":false}}';
    const answer = await service.send<ProfileAnswer>('PUT', `/v1/admin/tenants/${tenant}/profile`, { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(['entities.students.custom.__proto__', '__proto__']);
  });

  it.each(['', '{', '[1]', 'null', '"x"', '7'])('%s is no profile', async (body) => {
    const answer = await service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, { body });
    expect([400, 422]).toContain(answer.status);
  });

  it('keeps 200 extra fields of an entity, and no more', async () => {
    const custom = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_none, n) => [`field_${n}`, ['X']]));
    expect((await put({ entities: { students: { custom: custom(200) } } })).status).toBe(200);
    const answer = await put({ entities: { students: { custom: custom(201) } } });
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(['entities.students.custom']);
  });

  it('of a tenant with a malformed name is not there', async () => {
    expect((await put({}, 'a%20b')).status).toBe(422);
  });
});

describe('under its profile a tenant’s records', () => {
  it('are read by its own names for the fields', async () => {
    await put({ entities: { students: { fields: { phone: { aliases: ['Mobile', 'Phone'] } } } } });
    await sync({ ...student, Phone_Number: '0', Phone: '1', Mobile: '2' });
    expect(await row('1')).toMatchObject({ phone: '2' });
  });

  it('are read with its dates, zone and decimal comma, in lists too', async () => {
    await put({
      dates: { formats: ['dd/MM/yyyy', 'dd-MMM-yyyy HH:mm:ss'], zone: 'Europe/Istanbul' },
      decimalComma: true,
    });
    await sync({ ...student, Birth_Date: '17/04/2003', Modified_Time: '14-Feb-2026 10:21:07' });
    expect(await row('1')).toMatchObject({ birth_date: '2003-04-17', version: '2026-02-14T07:21:07.000Z' });
    await sync({ id: '1', Birth_Date: '2003-04-18', Modified_Time: '2026-02-15 10:00:00' });
    expect(await row('1')).toMatchObject({ birth_date: '2003-04-18', version: '2026-02-15T07:00:00.000Z' });
    const report = await sync({ id: '1', Birth_Date: '31/02/2003' });
    expect(report.results[0]).toMatchObject({ status: 'INVALID', errors: [{ field: 'birth_date' }] });
    const program = (price: unknown) =>
      service.sync('programs', { data: [{ id: 'p1', Name: 'HND', Price: price }] }, { tenant });
    await program('€ 1.299,50');
    expect(await service.row('programs', 'p1', tenant)).toMatchObject({ price: '1299.5' });
    expect(statusesOf(await program(1299.5))).toEqual(['UNCHANGED']);
    expect(statusesOf(await program('199.99'))).toEqual(['INVALID']);
  });

  it('keep extra fields, whose changes are changes', async () => {
    await sync({ ...student, Intake: '2026-T1' });
    const before = await row('1');
    expect(before).toMatchObject({ custom: {} });
    await put({ entities: { students: { custom: { intake: ['Intake'], branch: ['Branch_ID'] } } } });
    expect(statusesOf(await sync(student))).toEqual(['UNCHANGED']);
    expect(await row('1')).toEqual(before);
    const added = await sync({ ...student, Intake: '2026-T1' });
    expect(added.results[0]?.changes).toEqual({ 'custom.intake': { before: null, after: '2026-T1' } });
    expect(await row('1')).toMatchObject({ custom: { intake: '2026-T1' } });
    expect(statusesOf(await sync({ id: '1', Branch_ID: null }))).toEqual(['UNCHANGED']);
  });

  it('lose no extra field when the profile no longer names it, and are not UPDATED by that', async () => {
    await put({ entities: { students: { custom: { intake: ['Intake'] } } } });
    await sync({ ...student, Intake: '2026-T1' });
    await put({});
    expect(statusesOf(await sync({ ...student, Intake: '2027' }))).toEqual(['UNCHANGED']);
    expect(statusesOf(await sync({ id: '1', City: 'Bursa' }))).toEqual(['UPDATED']);
    expect(await row('1')).toMatchObject({ custom: { intake: '2026-T1' }, city: 'Bursa' });
  });

  it('wait for a record that the profile requires, and not for one that it ignores', async () => {
    await put({ entities: { students: { dependencies: { program: 'require' } } } });
    const report = await sync({ ...student, Program: { id: 'p1' } });
    expect(report.results[0]).toMatchObject({ status: 'SKIPPED', reason: 'program_not_synced_yet', deferred: true });
    await put({ entities: { students: { dependencies: { program: 'ignore' } } } });
    expect(statusesOf(await sync({ ...student, Program: { id: 'p1' } }))).toEqual(['NEW']);
  });

  it('do not wait where waiting is switched off', async () => {
    await put({ waiting: false, entities: { students: { dependencies: { program: 'require' } } } });
    const report = await sync({ ...student, Program: { id: 'p1' } });
    expect(report.results[0]).toMatchObject({ status: 'SKIPPED', deferred: false });
    expect((await service.get<{ data: unknown[] }>('/v1/deferred', tenant)).body.data).toEqual([]);
  });

  it('may come from a renamed module', async () => {
    await put({ entities: { students: { zohoModule: 'Contacts' } } });
    const send = (module: string) =>
      service.send('POST', '/v1/sync/students', {
        body: JSON.stringify({ module, data: [student] }),
        headers: { 'X-Tenant-ID': tenant },
      });
    expect((await send('Contacts')).status).toBe(200);
    expect((await send('Products')).status).toBe(422);
  });
});

describe('trying a profile', () => {
  const attempt = (request: unknown) =>
    service.send<{ records: object[] }>('POST', `/v1/admin/tenants/${tenant}/profile/test`, {
      body: JSON.stringify(request),
      headers: { 'Content-Type': 'application/json' },
    });

  it('shows alias by alias what the parser makes of a payload, and stores nothing', async () => {
    const profile = {
      entities: { students: { fields: { phone: { aliases: ['Mobile'] } }, custom: { intake: ['Intake'] } } },
    };
    const payload = { data: [{ ...student, Mobile: '1', Phone: '2', Birth_Date: 'x', Intake: 'T1', Owner: {} }] };
    const { status, body } = await attempt({ entity: 'students', profile, payload });
    expect(status).toBe(200);
    expect(body.records).toMatchObject([
      {
        zoho_id: '1',
        operation: 'write',
        unread: ['Phone', 'Owner'],
        errors: [{ field: 'birth_date', value: 'x' }],
        fields: expect.arrayContaining([
          { field: 'academic_email', alias: 'Academic_Email', value: 'omar@c.example' },
          { field: 'phone', alias: 'Mobile', value: '1' },
          { field: 'city', alias: null, value: null },
          { field: 'custom.intake', alias: 'Intake', value: 'T1' },
        ]) as unknown,
      },
    ]);
    expect((await service.get('/v1/students/1', tenant)).status).toBe(404);
  });

  it('takes the tenant’s own profile when none is given', async () => {
    await put({ entities: { students: { fields: { phone: { aliases: ['Mobile'] } } } } });
    const { body } = await attempt({ entity: 'students', payload: [{ id: '1', Mobile: '5' }] });
    expect(body.records[0]).toMatchObject({
      fields: expect.arrayContaining([{ field: 'phone', alias: 'Mobile', value: '5' }]) as unknown,
    });
  });

  it.each([
    [{ entity: 'students', payload: [] }, 422],
    [{ entity: 'pupils', payload: [{ id: '1' }] }, 404],
    [{ entity: 'students', payload: Array(101).fill({ id: '1' }) }, 413],
    [{ entity: 'students' }, 422],
    [{ entity: 5, payload: {} }, 422],
    [{ entity: 'students', payload: [{ id: '1' }], profile: { x: 1 } }, 422],
    [null, 422],
    [[], 422],
    ['x', 422],
  ])('%j is answered %i', async (request, status) => {
    expect((await attempt(request)).status).toBe(status);
  });
});

describe('the default profile', () => {
  const fileOf = async (content: string): Promise<string> => {
    const file = join(await mkdtemp(join(tmpdir(), 'profile-')), 'default.json');
    writeFileSync(file, content);
    return file;
  };

  it('comes from a file, for tenants without one of their own', async () => {
    const file = await fileOf('{"entities":{"students":{"fields":{"phone":{"aliases":["Mobile"]}}}}}');
    const other = await TestService.start({ DEFAULT_PROFILE_FILE: file });
    await other.sync('students', { data: [{ ...student, Mobile: '9', Phone: '1' }] }, { tenant });
    const stored = await other.row('students', '1', tenant);
    await other.close();
    expect(stored).toMatchObject({ phone: '9' });
  });

  it('with a mistake keeps the service from starting, and the mistake is named', async () => {
    const file = await fileOf('{"entities":{"pupils":{}}}');
    await expect(TestService.start({ DEFAULT_PROFILE_FILE: file })).rejects.toThrow(/entities\.pupils/);
  });
});
