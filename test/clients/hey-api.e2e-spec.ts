import { newTenant, TestService } from '../support/app';
import {
  listStudents,
  type ProgramResult,
  readHealth,
  readProgram,
  readStudent,
  type StudentRow,
  syncPrograms,
  syncStudents,
} from './generated/hey-api';
import { client } from './generated/hey-api/client.gen';

let service: TestService;
let headers: { 'X-Tenant-ID': string };
beforeAll(async () => {
  service = await TestService.start();
  client.setConfig({ baseUrl: service.url });
});
beforeEach(() => {
  headers = { 'X-Tenant-ID': newTenant() };
});
afterAll(() => service.close());

/** Compiles only while every status is here, and money is text. */
function tell(result: ProgramResult): string {
  switch (result.status) {
    case 'UPDATED':
      return `price ${result.changes.price?.before} to ${result.changes.price?.after?.padStart(6, '0')}`;
    case 'INVALID':
    case 'ERROR':
      return result.errors.map(({ field }) => field.toUpperCase()).join();
    case 'NEW':
    case 'UNCHANGED':
    case 'STALE':
      return result.zoho_program_id.slice(-4);
    default:
      return result satisfies never;
  }
}

const program = { id: '5843017000000100001', Product_Name: 'HND', Program_Price: '4,200.00' };

it('takes results as a union that the status tells apart', async () => {
  const results: string[] = [];
  for (const body of [{ data: [program, { id: '2' }] }, [{ id: program.id, Program_Price: '99.50' }], program]) {
    const { data } = await syncPrograms({ headers, body });
    results.push(...(data?.results.map(tell) ?? []));
  }
  expect(results).toEqual(['0001', 'NAME', 'price 4200 to 0099.5', 'price 99.5 to 004200']);
  const row = await readProgram({ headers, path: { zoho_id: program.id } });
  const price: string | null | undefined = row.data?.price;
  expect(price).toBe('4200');
});

it('names the record of a lookup by its id', async () => {
  await syncPrograms({ headers, body: program });
  const body = {
    data: {
      id: '1',
      Display_Name: 'Omar Kaya',
      Academic_Email: 'Omar@College.example',
      Birth_Date: '2003-04-17',
      Program: { id: program.id, name: 'HND' },
    },
  };
  const { data: report } = await syncStudents({ headers, body, query: { dryRun: false } });
  expect(report?.summary.NEW).toBe(1);
  const { data: page } = await listStudents({ headers, query: { limit: 10 } });
  const rows: StudentRow[] = page?.data ?? [];
  expect(rows).toMatchObject([{ program: program.id, birth_date: '2003-04-17', username: 'omar@college.example' }]);
});

it('has problems with their codes', async () => {
  const { error, response } = await readStudent({ headers, path: { zoho_id: 'nobody' } });
  expect(response?.status).toBe(404);
  expect(error).toMatchObject({ code: 'NOT_FOUND', status: 404 });
});

it('asks whether the service is alive', async () => {
  const { data } = await readHealth();
  const status: 'ok' | undefined = data?.status;
  expect(status).toBe('ok');
});
