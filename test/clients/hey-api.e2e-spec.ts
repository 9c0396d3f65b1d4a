import { newTenant, TestService } from '../support/app';
import { collectingFetch } from '../support/canary/collecting-fetch';
import {
  deleteProgram,
  type DeferredRecord,
  discardDeferred,
  listDeferred,
  listProgramChanges,
  listStudents,
  type ProgramHistoryEntry,
  type ProgramResult,
  readHealth,
  readProgram,
  readStudent,
  type StoredProgram,
  type StoredStudent,
  syncPrograms,
  syncStudents,
} from './generated/hey-api';
import { client } from './generated/hey-api/client.gen';

let service: TestService;
let headers: { 'X-Tenant-ID': string };
beforeAll(async () => {
  service = await TestService.start();
  client.setConfig({ baseUrl: service.url, fetch: collectingFetch });
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
    case 'DELETED':
      return result.zoho_program_id.slice(-4);
    default:
      return result satisfies never;
  }
}

/** Compiles only while `deleted_at` tells a tombstone, which has no price, from a row. */
function priceOf(stored: StoredProgram): string | null {
  return stored.deleted_at === null ? stored.price : `gone ${stored.deleted_at.slice(0, 2)}`;
}

/** Compiles only while every state is here. */
function why({ state, missing, errors }: DeferredRecord): string {
  switch (state) {
    case 'waiting':
    case 'expired':
      return missing.map(({ reason }) => reason).join();
    case 'rejected':
    case 'failed':
      return errors.map(({ code }) => code).join();
    default:
      return state satisfies never;
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
  expect(row.data && priceOf(row.data)).toBe('4200');
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
  const rows: StoredStudent[] = page?.data ?? [];
  expect(rows).toMatchObject([{ program: program.id, birth_date: '2003-04-17', username: 'omar@college.example' }]);
});

it('answers a record that it names with a row', async () => {
  await syncPrograms({ headers, body: program });
  const student = { id: '1', Display_Name: 'Omar Kaya', Academic_Email: 'omar@c.example', Program: program.id };
  await syncStudents({ headers, body: student });
  const { data: row } = await readStudent({ headers, path: { zoho_id: '1' }, query: { expand: ['program'] } });
  const named: StoredProgram | null | undefined = row?.deleted_at === null ? row.expanded?.program : undefined;
  expect(named && priceOf(named)).toBe('4200');
});

it('tells tombstones from rows, and what a record was before', async () => {
  const path = { zoho_id: program.id };
  await syncPrograms({ headers, body: program });
  await syncPrograms({ headers, body: { ids: [program.id], operation: 'delete' } });
  const deleted = await readProgram({ headers, path });
  expect(deleted.data && priceOf(deleted.data)).toBe('gone 20');
  const { data: history } = await listProgramChanges({ headers, path, query: { limit: 1 } });
  const entries: ProgramHistoryEntry[] = history?.data ?? [];
  const instants: (string | null | undefined)[] = entries.map(({ changes }) => changes.deleted_at?.before);
  expect([entries[0]?.status, ...instants]).toEqual(['DELETED', null]);
  const { data: removal } = await deleteProgram({ headers, path, query: { erase: true } });
  expect(removal && 'erased' in removal ? removal.erased['program'] : removal?.status).toBe(1);
});

it('lists and gives up what waits', async () => {
  const { data } = await listDeferred({ headers, query: { entity: 'students', state: 'waiting' } });
  expect(data?.data.map(why)).toEqual([]);
  const { error } = await discardDeferred({ headers, path: { entity: 'students', zoho_id: '1' } });
  expect(error).toMatchObject({ code: 'NOT_FOUND' });
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
