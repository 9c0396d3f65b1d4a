import { type ProblemCode, PROBLEMS } from '../src/request/problem';
import { ApiDescription, type ApiDocument } from './support/api-description';
import { newTenant, TestService } from './support/app';
import { eventually } from './support/eventually';
import { csv, importsOf, ndjson, PORTION, students } from './support/imports';

let service: TestService;
let api: ApiDescription;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
  api = new ApiDescription((await service.get<ApiDocument>('/openapi.json')).body);
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const { send, take, begin, list } = importsOf(() => ({ service, tenant }));
const bad = [{ id: 'x' }, { Display_Name: 'Omar' }];

/** A request of this key that has come so far, and is not over. */
async function halfway(key: string) {
  const call = begin();
  call.setHeader('Idempotency-Key', key);
  call.write(ndjson(students(PORTION)));
  await eventually(async () => expect((await list())[0]?.summary.total).toBe(PORTION));
  return call;
}

describe('imports are answered as the document says:', () => {
  it('reports', async () => {
    await take(ndjson(students(3)));
    const stale = { ...students(1)[0], Modified_Time: '2020-01-01T00:00:00Z' };
    await take(ndjson([{ ...stale, Modified_Time: '2026-01-01T00:00:00Z' }]));
    const answers = [
      await send(ndjson([...students(3), ...bad, stale])),
      await send(ndjson([...students(1), ...bad]), { query: '?dryRun=true' }),
      await send(ndjson(students(1)), { query: '?full=true&deleteMissing=9' }),
      await send(csv(students(1)), { type: 'text/csv', query: '?full=true&deleteMissing=9&restart=true' }),
      await send(ndjson([{ id: 'e1', Student: 'no', Class: 'no' }, '!']), { entity: 'enrollments' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.flatMap((answer) => api.faults('importRecords', answer))).toEqual([]);
    expect(answers[0]?.body.summary).toMatchObject({ STALE: 1, INVALID: 2 });
  });

  it('lists', async () => {
    const { import_id: id } = await take(ndjson([...students(1), ...bad]), { query: '?full=true' });
    const { import_id: plain } = await take(ndjson(students(2)));
    const call = await halfway('half');
    for (const path of ['', '?limit=1', '?limit=0', '?cursor=x']) {
      expect(api.faults('listImports', await service.get(`/v1/imports${path}`, tenant))).toEqual([]);
    }
    for (const one of [id, plain, 'x']) {
      expect(api.faults('readImport', await service.get(`/v1/imports/${one}`, tenant))).toEqual([]);
    }
    for (const path of ['', '?limit=1', '?cursor=x', '?page=1']) {
      const page = await service.get(`/v1/imports/${id}/rejected${path}`, tenant);
      expect([path, ...api.faults('listRejected', page)]).toEqual([path]);
    }
    expect(api.faults('listRuns', await service.get('/v1/runs', tenant))).toEqual([]);
    const { body } = await service.get<{ data: { run_id: string }[] }>('/v1/runs', tenant);
    for (const { run_id: run } of body.data)
      expect(api.faults('readRun', await service.get(`/v1/runs/${run}`, tenant))).toEqual([]);
    call.destroy();
  });

  it('a header that is none', async () => {
    await expectProblem('CSV_HEADER_INVALID', () => send('Phone\n1\n', { type: 'text/csv' }));
  });

  it('a quote that is left open', async () => {
    const body = `id,Phone\n1,"${'x'.repeat(1_100_000)}`;
    await expectProblem('CSV_NOT_READABLE', () => send(body, { type: 'text/csv' }));
  });

  it('an import in progress, and one that has changed', async () => {
    const call = await halfway('mine');
    const again = () => send('{}', { headers: { 'Idempotency-Key': 'mine' } });
    await expectProblem('IMPORT_IN_PROGRESS', again);
    call.destroy();
    await expectProblem('IMPORT_CHANGED', again);
  });

  async function expectProblem(code: ProblemCode, provoke: () => ReturnType<typeof send>): Promise<void> {
    const answer = await provoke();
    expect(answer).toMatchObject({ status: PROBLEMS[code].status, body: { code } });
    expect(api.faults('importRecords', answer)).toEqual([]);
  }
});
