import createClient, { type Client } from 'openapi-fetch';
import { newTenant, TestService } from '../support/app';
import { collectingFetch } from '../support/canary/collecting-fetch';
import { ask, withOwnDatabase } from '../support/databases';
import type { components, paths } from './generated/openapi-typescript';

type Schemas = components['schemas'];
type StudentResult = Schemas['StudentResult'];

let service: TestService;
let client: Client<paths>;
let header: { 'X-Tenant-ID': string };
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  header = { 'X-Tenant-ID': newTenant() };
  client = createClient<paths>({ baseUrl: service.url, fetch: collectingFetch });
});
afterAll(() => service.close());

/** Compiles only while the union is as narrow as this: each status with what it alone has, and no other status. */
function tell(result: StudentResult): string {
  switch (result.status) {
    case 'NEW':
    case 'UNCHANGED':
    case 'STALE':
    case 'DELETED':
      return `${result.status} ${result.zoho_student_id.length}`;
    case 'UPDATED':
      return `UPDATED ${Object.keys(result.changes).join()} to ${result.changes.phone?.after ?? 'nothing'}`;
    case 'INVALID':
      return `INVALID ${result.errors[0]?.code} ${result.zoho_student_id?.length ?? 'without an id'}`;
    case 'ERROR':
      return `ERROR ${result.errors[0]?.message} ${result.deferred ? 'waits' : 'is lost'}`;
    case 'SKIPPED':
      return `SKIPPED ${result.reason satisfies 'program_not_synced_yet' | 'program_deleted'} ${result.missing.length}`;
    default:
      return result satisfies never;
  }
}

const student = { id: '5843017000000200001', Display_Name: 'Omar Kaya', Academic_Email: 'omar@college.example' };

const sync = async (...data: Schemas['StudentRecord'][]): Promise<string[]> => {
  const answer = await client.POST('/v1/sync/students', { params: { header }, body: { data } });
  return answer.data?.results.map(tell) ?? [];
};

it('takes results as a union that the status tells apart', async () => {
  expect(await sync(student, { id: '2' })).toEqual(['NEW 19', 'INVALID MANDATORY_NOT_FOUND 1']);
  expect(await sync({ id: student.id, Phone_Number: '+90 555 010 0002' })).toEqual([
    'UPDATED phone to +90 555 010 0002',
  ]);
  expect(await sync(student)).toEqual(['UNCHANGED 19']);
});

it('has ids and money as strings, and days and instants as text', async () => {
  const body = { id: '5843017000000100001', Product_Name: 'HND', Program_Price: '4,200.00' };
  await client.POST('/v1/sync/programs', { params: { header }, body });
  const { data } = await client.GET('/v1/programs/{zoho_id}', { params: { header, path: { zoho_id: body.id } } });
  if (!data || !('price' in data)) throw new Error('There is no row');
  const row: { zoho_id: string; name: string; price: string | null; created_at: string } = data;
  expect(row).toMatchObject({ zoho_id: '5843017000000100001', name: 'HND', price: '4200' });
  // @ts-expect-error money is no number
  const price: number | null = data.price;
  expect(typeof price).toBe('string');
});

it('tells tombstones from rows, and what a record was before', async () => {
  await sync(student);
  expect(await sync({ id: student.id, operation: 'delete' })).toEqual(['DELETED 19']);
  const { data: page } = await client.GET('/v1/students', { params: { header, query: { deleted: true } } });
  const [stored] = page?.data ?? [];
  // @ts-expect-error a tombstone has no name
  expect(stored?.display_name).toBeUndefined();
  // The types have `deleted_at` tell the two apart; this client loses properties that can only be null.
  expect(stored && ('display_name' in stored ? stored.display_name : stored.deleted_at.length)).toBe(24);
  const path = { zoho_id: student.id };
  const { data: history } = await client.GET('/v1/students/{zoho_id}/history', { params: { header, path } });
  const names = history?.data.map(({ changes }) => changes.display_name?.after satisfies string | null | undefined);
  expect(names).toEqual([undefined, 'Omar Kaya']);
  const { data: removal } = await client.DELETE('/v1/students/{zoho_id}', { params: { header, path } });
  expect(removal && ('erased' in removal ? removal.erased : removal.status)).toBe('DELETED');
});

it('tries again what waits, and finds the run', async () => {
  await withOwnDatabase('refusing_client', async (url, superuserUrl) => {
    await ask(`ALTER TABLE program ADD CONSTRAINT refusing CHECK (code <> 'refuse me')`, [], superuserUrl);
    const refusing = await TestService.start({ DATABASE_URL: url });
    const own = createClient<paths>({ baseUrl: refusing.url, fetch: collectingFetch });
    await own.POST('/v1/sync/programs', { body: { id: '1', Name: 'HND', Program_ID: 'refuse me' } });
    const { data: waits } = await own.GET('/v1/deferred', { params: { query: { state: 'failed' } } });
    await ask('ALTER TABLE program DROP CONSTRAINT refusing', [], superuserUrl);
    const path = { entity: 'programs', zoho_id: '1' };
    const { data: retried } = await own.POST('/v1/deferred/{entity}/{zoho_id}/retry', { params: { path } });
    const { data: run } = await own.GET('/v1/runs/{run_id}', { params: { path: { run_id: retried?.run_id ?? '' } } });
    await refusing.close();
    expect(waits?.data.map(({ state, zoho_id: id }) => [state, id])).toEqual([['failed', '1']]);
    expect([retried?.released, retried?.deferred]).toEqual([1, null]);
    expect([run?.kind, run?.released, run?.summary.total]).toEqual(['retry', 1, 0]);
  });
});

it('goes from page to page by the cursor', async () => {
  await sync(student, { ...student, id: '2', Academic_Email: 'two@college.example' });
  const query = { limit: 1 };
  const first = await client.GET('/v1/students', { params: { header, query } });
  const cursor = first.data?.next_cursor ?? '';
  const second = await client.GET('/v1/students', { params: { header, query: { ...query, cursor } } });
  expect([first, second].map(({ data }) => data?.data[0]?.zoho_id)).toEqual([student.id, '2']);
  expect(second.data?.next_cursor).toBeNull();
});

it('has problems with their codes, by status', async () => {
  const missing = await client.GET('/v1/students/{zoho_id}', { params: { header, path: { zoho_id: 'nobody' } } });
  expect(missing.error?.code).toBe('NOT_FOUND');
  const refused = await client.GET('/v1/students', { params: { header, query: { limit: 501 } } });
  expect(refused.error?.status === 422 && refused.error.errors?.[0]?.field).toBe('limit');
  type Code = NonNullable<typeof refused.error>['code'];
  const isNarrow: 'PARAMETER_INVALID' | 'NO_RECORDS' extends Code ? false : true = true;
  expect([refused.error?.code, isNarrow]).toEqual(['PARAMETER_INVALID', true]);
});

it('asks whether the service can work', async () => {
  const { data } = await client.GET('/v1/health/ready');
  const status: 'ok' | 'degraded' | undefined = data?.status;
  expect(status).toBe('ok');
  expect(data?.parts.database).toBe('ok');
});
