import { DataSource } from 'typeorm';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { newTenant, type Row, statusesOf, TestService } from './support/app';
import { eventually } from './support/eventually';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const sync = (entity: string, ...data: object[]) => service.sync(entity, { data }, { tenant });
const erase = async (path: string): Promise<Record<string, number>> => {
  const headers = { 'X-Tenant-ID': tenant };
  const { body } = await service.send<{ erased: Record<string, number> }>('DELETE', `/v1/${path}?erase=true`, {
    headers,
  });
  return body.erased;
};
const idsOf = async (entity: string): Promise<(string | null | undefined)[]> =>
  (await service.get<{ data: Row[] }>(`/v1/${entity}`, tenant)).body.data.map((line) => line['zoho_id']);
const student = (id: string) => ({ id, Display_Name: 'S', Academic_Email: `${id}@c.example` });

/** Every line that the tenant has anywhere, as text. */
async function everything(): Promise<string> {
  const database = service.app.get(DataSource);
  const tables: { name: string }[] = await database.query(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name <> 'idempotency_key'`,
  );
  const selects = tables.map(({ name }) => `SELECT to_jsonb(t)::text AS line FROM "${name}" AS t WHERE tenant_id = $1`);
  const lines = await service.app
    .get(TenantTransaction)
    .run(tenant, (db) => db.query<{ line: string }[]>(selects.join(' UNION ALL '), [tenant]));
  return lines.map(({ line }) => line).join('\n');
}

it('erasing a student takes all that is the student’s along: rows, what waits, history', async () => {
  await sync('programs', { id: 'p1', Name: 'HND' });
  await sync('classes', { id: 'c1', Class_Name: 'C' });
  await sync('students', student('1'), student('2'));
  for (const id of ['1', '2']) {
    await sync('enrollments', { id: `e${id}`, Student: id, Class: 'c1' });
    await sync('enrollments', { id: `w${id}`, Student: id, Class: 'unknown' });
    await sync('registrations', { id: `r${id}`, Student: id, Program: 'p1' });
    await sync('payments', { id: `pay${id}`, Registration: `r${id}`, Amount: 5 });
    await sync('grades', { id: `g${id}`, Student: id, Grade: 'P' });
  }
  expect(await erase('students/1')).toMatchObject({
    student: 1,
    enrollment: 1,
    registration: 1,
    payment: 1,
    grade: 1,
    waiting: 1,
    history: 5,
    claims: 1,
  });
  for (const [entity, left] of [
    ['students', '2'],
    ['enrollments', 'e2'],
    ['registrations', 'r2'],
    ['payments', 'pay2'],
    ['grades', 'g2'],
    ['deferred', 'w2'],
  ]) {
    expect(await idsOf(entity ?? '')).toEqual([left]);
  }
});

it('takes payments along that name the student only by themselves, stored or waiting', async () => {
  await sync('programs', { id: 'p1', Name: 'HND' });
  await sync('students', student('s-gone'), student('s-stays'));
  await sync('registrations', { id: 'r1', Student: 's-stays', Program: 'p1' });
  await sync('payments', { id: 'stored', Registration: 'r1', Student: 's-gone', Amount: 5 });
  await sync('payments', { id: 'other', Registration: 'r1', Student: 's-stays', Amount: 5 });
  await sync('payments', { id: 'waiting', Registration: 'unknown', Student: 's-gone', Amount: 5 });
  expect(await erase('students/s-gone')).toMatchObject({ payment: 1, waiting: 1 });
  expect(await idsOf('payments')).toEqual(['other']);
  expect(await idsOf('deferred')).toEqual([]);
});

it('leaves the id nowhere: not in what named it once, nor in what runs told of others', async () => {
  await sync('classes', { id: 'c1', Class_Name: 'C' });
  await sync('students', student('5843017000000200001'), student('s2'));
  await sync('students', { ...student('s3'), Academic_Email: '5843017000000200001@c.example' });
  await sync('enrollments', { id: 'e1', Student: '5843017000000200001', Class: 'c1' });
  await sync('enrollments', { id: 'e1', Student: 's2', Class: 'c1' });
  await sync('enrollments', { id: 'e2', Student: '58430170000002000010', Class: 'c1' });
  expect(await everything()).toContain('5843017000000200001"');
  const erased = await erase('students/5843017000000200001');
  expect(erased).toMatchObject({ student: 1, mentions: 3 });
  const left = (await everything()).replaceAll('58430170000002000010', '');
  expect(left).not.toContain('5843017000000200001');
  expect(await idsOf('enrollments')).toEqual(['e1']);
  const { body } = await service.get<{ data: Row[] }>('/v1/enrollments/e1/history', tenant);
  expect(body.data[0]).toMatchObject({ changes: { student: { before: '[erased]', after: 's2' } } });
});

it('takes a teacher out of the classes, which stay, until Zoho names the teacher again', async () => {
  const named = { Class_Name: 'C', Teacher: { id: 't-gone', name: 'Elif Yildiz' } };
  await sync('teachers', { id: 't-gone', Name: 'Elif Yildiz' });
  await sync('classes', { id: 'c1', ...named });
  await sync('classes', { id: 'c2', ...named, Program: 'unknown' });
  expect(await erase('teachers/t-gone')).toMatchObject({ teacher: 1, mentions: expect.any(Number) as number });
  expect(await everything()).not.toMatch(/Elif|t-gone/);
  expect(await service.row('classes', 'c1', tenant)).toMatchObject({ name: 'C', teacher: null, teacher_name: null });
  const again = await sync('classes', { id: 'c1', ...named });
  expect(again.results[0]).toMatchObject({
    status: 'UPDATED',
    changes: { teacher: { before: null, after: 't-gone' } },
  });
});

it('leaves no child behind that was posted meanwhile', async () => {
  await sync('classes', { id: 'c1', Class_Name: 'C' });
  for (let round = 0; round < 20; round += 1) {
    const id = `s${round}`;
    await sync('students', student(id));
    const [posted] = await Promise.all([
      sync('enrollments', { id: `e${round}`, Student: id, Class: 'c1' }),
      erase(`students/${id}`),
    ]);
    expect(['NEW', 'SKIPPED']).toContain(statusesOf(posted)[0]);
  }
  expect(await idsOf('enrollments')).toEqual([]);
});

it('waits for a record that has been found to have its student, and takes it along', async () => {
  await sync('classes', { id: 'c1', Class_Name: 'C' });
  await sync('students', student('s1'));
  const transaction = service.app.get(TenantTransaction);
  const finish = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  const holding = transaction.run(
    tenant,
    async (db) => {
      await db.query(
        'INSERT INTO deferred_record (tenant_id, entity, zoho_id, state, carried, missing, run_id, since, updated_at, attempts) ' +
          "VALUES ($1, 'enrollment', 'e1', 'empty', '{}', '[]', gen_random_uuid(), now(), now(), 0)",
        [tenant],
      );
      held.resolve(undefined);
      await finish.promise;
    },
    'rollback',
  );
  await held.promise;
  const posted = sync('enrollments', { id: 'e1', Student: 's1', Class: 'unknown' });
  await eventually(async () => expect(await waitersFor('deferred_record')).toBe(1));
  const erased = erase('students/s1');
  await eventually(async () => expect(await waitersFor('advisory')).toBe(1));
  finish.resolve(undefined);
  await holding;
  expect(statusesOf(await posted)).toEqual(['SKIPPED']);
  expect(await erased).toMatchObject({ student: 1, waiting: 1 });
  expect(await idsOf('deferred')).toEqual([]);
});

/** How many sessions wait for a lock: on a row of the table, or an advisory one. */
async function waitersFor(what: string): Promise<number> {
  const [{ count } = { count: 0 }]: { count: number }[] = await service.app.get(DataSource).query(
    `SELECT count(*)::integer AS count FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND CASE WHEN $1 = 'advisory' THEN wait_event = 'advisory' ELSE query LIKE '%' || $1 || '%' END`,
    [what],
  );
  return count;
}
