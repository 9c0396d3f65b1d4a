import createClient, { type Client } from 'openapi-fetch';
import { newTenant, TestService } from '../support/app';
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
  client = createClient<paths>({ baseUrl: service.url });
});
afterAll(() => service.close());

/** Compiles only while the union is as narrow as this: each status with what it alone has, and no other status. */
function tell(result: StudentResult): string {
  switch (result.status) {
    case 'NEW':
    case 'UNCHANGED':
    case 'STALE':
      return `${result.status} ${result.zoho_student_id.length}`;
    case 'UPDATED':
      return `UPDATED ${Object.keys(result.changes).join()} to ${result.changes.phone?.after ?? 'nothing'}`;
    case 'INVALID':
      return `INVALID ${result.errors[0]?.code} ${result.zoho_student_id?.length ?? 'without an id'}`;
    case 'ERROR':
      return `ERROR ${result.errors[0]?.message}`;
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
  const row: { zoho_id: string; name: string; price: string | null; created_at: string } | undefined = data;
  expect(row).toMatchObject({ zoho_id: '5843017000000100001', name: 'HND', price: '4200' });
  // @ts-expect-error money is no number
  const price: number | null | undefined = data?.price;
  expect(typeof price).toBe('string');
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
