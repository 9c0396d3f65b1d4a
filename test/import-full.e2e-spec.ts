import { Client } from 'pg';
import { MissingRecords } from '../src/import/missing-records';
import { EntityRegistry } from '../src/sync/entity-registry';
import { UpkeepService } from '../src/upkeep/upkeep.service';
import { newTenant, TestService } from './support/app';
import { ask, untilBlocked, workerDatabaseUrl } from './support/databases';
import { eventually } from './support/eventually';
import { countsOf, importsOf, ndjson, PORTION, students } from './support/imports';
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
const { sync, stored } = inTenant(at);
const { take, begin, list } = importsOf(at);
const full = (body: string, rest = '') => take(body, { query: `?full=true${rest}` });
const idsOf = async (): Promise<string[]> =>
  (await ask<{ id: string }>('SELECT zoho_id AS id FROM student WHERE tenant_id = $1 AND deleted_at IS NULL', [tenant]))
    .map(({ id }) => id)
    .toSorted();

it('a full file tells which stored records it lacks, and deletes none of them', async () => {
  await take(ndjson(students(5)));
  await sync('students', { id: 's3', operation: 'delete' });
  const report = await full(ndjson([...students(2), { id: 's9' }]));
  expect(report.missing).toEqual({ total: 2, deleted: 0, refusal: null, first: ['s2', 's4'] });
  expect(await idsOf()).toEqual(['s0', 's1', 's2', 's4']);
  expect((await list())[0]).toMatchObject({ full: true, missing: { total: 2, deleted: 0, refusal: null } });
  expect((await list())[1]).toMatchObject({ full: false, missing: null });
  expect(await countsOf(tenant)).toMatchObject({ seen: 0 });
});

it('deletes them when it is told to, as any deletion: with history, tombstones and a mark for Moodle', async () => {
  await take(ndjson(students(PORTION + 20)));
  await ask('DELETE FROM push_mark WHERE tenant_id = $1', [tenant]);
  const report = await full(ndjson(students(3)), `&deleteMissing=${PORTION + 17}`);
  expect(report).toMatchObject({
    summary: { total: 3, UNCHANGED: 3 },
    missing: { total: PORTION + 17, deleted: PORTION + 17, refusal: null },
  });
  expect(report.missing?.first).toHaveLength(PORTION);
  expect(await idsOf()).toEqual(['s0', 's1', 's2']);
  const [marks] = await ask('SELECT sum(cardinality(subjects))::int AS n FROM push_mark WHERE tenant_id = $1', [
    tenant,
  ]);
  expect(marks).toEqual({ n: PORTION + 17 });
  const { body } = await service.get<{ data: { status: string }[] }>('/v1/students/s9/history', tenant);
  expect(body.data.map(({ status }) => status)).toEqual(['DELETED', 'NEW']);
  // What Zoho changes after the file was made brings the record back.
  const later = new Date(Date.now() + 60_000).toISOString();
  await sync('students', { id: 's9', Display_Name: 'Omar', Academic_Email: 's9@c.example', Modified_Time: later });
  expect(await idsOf()).toContain('s9');
});

it.each([
  ['more are missing than may be', [...students(2)], '&deleteMissing=2', /^3 stored records are missing .* 2 may be/],
  ['a record has no id', [...students(3), { Display_Name: 'Omar' }], '&deleteMissing=9', /^1 records .* have no id/],
  ['a line cannot be read', [...students(3), '!'], '&deleteMissing=9', /^1 records .* have no id/],
])('deletes nothing when %s, and says so', async (_why, records, query, refusal) => {
  await take(ndjson(students(5)));
  const body = records.map((record) => (record === '!' ? '{\n' : ndjson([record]))).join('');
  const report = await full(body, query);
  expect(report.missing).toMatchObject({ deleted: 0, refusal: expect.stringMatching(refusal) as string });
  expect(await idsOf()).toHaveLength(5);
});

it('deletes nothing for a file of CSV that has a header alone, and for a dry run', async () => {
  await take(ndjson(students(3)));
  const empty = await take('id,Display_Name\n', { type: 'text/csv', query: '?full=true&deleteMissing=9' });
  expect(empty.missing).toMatchObject({ total: 3, deleted: 0, refusal: 'The file has no records' });
  const dry = await full(ndjson(students(1)), '&deleteMissing=9&dryRun=true');
  expect(dry.missing).toEqual({ total: 2, deleted: 0, refusal: null, first: ['s1', 's2'] });
  expect(await idsOf()).toHaveLength(3);
});

it('what comes while the file is read is not missing, nor what is changed', async () => {
  await take(ndjson(students(5)));
  const call = begin('application/x-ndjson', '?full=true&deleteMissing=100');
  call.write(ndjson(students(PORTION + 10, 10)));
  await eventually(async () => expect((await list())[0]?.summary.total).toBe(PORTION));
  await sync('students', { id: 's1', Phone: '1' }, { id: 'new', Display_Name: 'Omar', Academic_Email: 'n@c.example' });
  const response = Promise.withResolvers<unknown>();
  call.on('response', response.resolve).end();
  await response.promise;
  expect((await list())[0]).toMatchObject({ missing: { total: 4, deleted: 4 } });
  expect(await stored('students', 'new')).toBe(true);
  expect((await idsOf()).filter((id) => /^s\d$/.test(id))).toEqual(['s1']);
});

it('deletes nothing for an import that another process has ended, and so has forgotten what is in its file', async () => {
  await take(ndjson(students(3)));
  const { import_id: id } = await full(ndjson(students(2)));
  const parts = service.app.get(EntityRegistry).findByRoute('students');
  if (!parts || id === null) throw new Error('There are students, and an import of them');
  const late = { tenantId: tenant, id, requestId: null, startedAt: new Date(Date.now() + 60_000) };
  const deletion = service.app.get(MissingRecords).delete(parts, late);
  await expect(deletion).rejects.toMatchObject({ code: 'IMPORT_IN_PROGRESS' });
  expect(await idsOf()).toEqual(['s0', 's1', 's2']);
});

it('a record that is changed between the look and the deletion stays', async () => {
  await take(ndjson(students(3)));
  const other = new Client({ connectionString: workerDatabaseUrl('superuser') });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT FROM student WHERE tenant_id = $1 FOR UPDATE', [tenant]);
  const report = full(ndjson(students(1)), '&deleteMissing=9');
  await untilBlocked(1);
  await other.query(
    `UPDATE student SET display_name = 'New', fingerprint = 'x', updated_at = clock_timestamp()
     WHERE tenant_id = $1 AND zoho_id = 's2'`,
    [tenant],
  );
  await other.query('COMMIT');
  await other.end();
  expect((await report).missing).toMatchObject({ total: 2, deleted: 1, first: ['s1', 's2'] });
  expect(await idsOf()).toEqual(['s0', 's2']);
});

it('an erased record leaves no id behind in an import that is still going on', async () => {
  const call = begin('application/x-ndjson', '?full=true');
  call.write(ndjson(students(PORTION)));
  await eventually(async () => expect((await list())[0]?.summary.total).toBe(PORTION));
  expect(await countsOf(tenant)).toMatchObject({ seen: PORTION });
  await service.send('DELETE', '/v1/students/s7?erase=true', { headers: { 'X-Tenant-ID': tenant } });
  const left = await ask('SELECT 1 FROM import_seen WHERE tenant_id = $1 AND zoho_id = $2', [tenant, 's7']);
  expect(left).toEqual([]);
  const response = Promise.withResolvers<unknown>();
  call.on('response', response.resolve).end();
  await response.promise;
});

it('what is past its time is forgotten by the upkeep, and what only a running import needs with it', async () => {
  await full(ndjson(students(2)));
  const call = begin('application/x-ndjson', '?full=true');
  call.write(ndjson(students(PORTION)));
  await eventually(async () => expect((await list())[0]?.summary.total).toBe(PORTION));
  call.destroy();
  await ask(`UPDATE import SET updated_at = now() - interval '91 days' WHERE tenant_id = $1`, [tenant]);
  await service.app.get(UpkeepService).keepUp(tenant);
  expect(await countsOf(tenant)).toMatchObject({ imports: 0, portions: 0, seen: 0, students: PORTION });
});
