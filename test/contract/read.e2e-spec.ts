import { newTenant, type Row, TestService } from '../support/app';
import { SAMPLES, tenantFor } from './samples';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

interface Page {
  data: Row[];
  next_cursor: string | null;
}

describe.each(SAMPLES)('GET /v1/$entity', (sample) => {
  const { entity, record, optional } = sample;
  let tenant: string;
  beforeEach(async () => {
    tenant = await tenantFor(sample, service);
    for (const id of ['c', 'a', 'b', 'e', 'd']) await service.sync(entity, { data: [record(id)] }, { tenant });
  });
  const page = async (query: string): Promise<Page> => (await service.get<Page>(`/v1/${entity}?${query}`, tenant)).body;
  const ids = ({ data }: Page) => data.map((row) => row['zoho_id']);

  it('answers rows in the order of their creation', async () => {
    const answer = await page('');
    expect(ids(answer)).toEqual(['c', 'a', 'b', 'e', 'd']);
    expect(answer.next_cursor).toBeNull();
  });

  it('answers pages that join without a gap or a repeat, rows being changed and added meanwhile', async () => {
    const first = await page('limit=2');
    await service.sync(entity, { data: [{ id: 'c', [optional[0]]: 'changed' }, record('f')] }, { tenant });
    const second = await page(`limit=2&cursor=${first.next_cursor}`);
    const third = await page(`limit=2&cursor=${second.next_cursor}`);
    expect([first, second, third].map(ids)).toEqual([
      ['c', 'a'],
      ['b', 'e'],
      ['d', 'f'],
    ]);
    expect(third.next_cursor).toBeNull();
  });

  it('filters by status, whatever the case; where there is none, it says so', async () => {
    if (sample.status === undefined) {
      const answer = await service.get(`/v1/${entity}?status=frozen`, tenant);
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'status' }] } });
      return;
    }
    await service.sync(entity, { data: [{ id: 'b', [sample.status]: 'Frozen' }] }, { tenant });
    expect(ids(await page('status=frozen'))).toEqual(['b']);
    expect(ids(await page('status=nobody'))).toEqual([]);
  });

  it('filters by the time of the last change', async () => {
    const [last] = (await page('')).data.slice(-1);
    await service.sync(entity, { data: [{ id: 'a', [optional[0]]: 'new' }] }, { tenant });
    expect(ids(await page(`updated_since=${last?.['created_at']}`))).toEqual(['a', 'd']);
    const anHourAhead = new Date(Date.now() + 3_600_000).toISOString().replace('Z', '+00:00');
    expect(ids(await page(`updated_since=${anHourAhead}`))).toEqual([]);
  });

  it('answers one row', async () => {
    const { status, body } = await service.get<Row>(`/v1/${entity}/a`, tenant);
    expect(status).toBe(200);
    expect(body).toEqual((await page('')).data[1]);
  });

  it('shows no other tenant’s rows, neither by list, id nor cursor', async () => {
    const other = newTenant();
    const { next_cursor: cursor } = await page('limit=1');
    expect((await service.get<Page>(`/v1/${entity}`, other)).body.data).toEqual([]);
    expect((await service.get<Page>(`/v1/${entity}?cursor=${cursor}`, other)).body.data).toEqual([]);
    expect((await service.get(`/v1/${entity}/a`, other)).status).toBe(404);
  });

  it.each(['nobody', '%00', '%2e%2e', 'a%2Fb', 'x'.repeat(500), '%F0%9F%8E%93', "1'--"])(
    'answers 404 for %s',
    async (id) => {
      expect(await service.get(`/v1/${entity}/${id}`, tenant)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
    },
  );

  it.each([
    'limit=0',
    'limit=501',
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=1&limit=2',
    'cursor=x',
    'cursor=',
    'cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'status=a%00b',
    'status=a&status=b',
    'updated_since=yesterday',
    'updated_since=2026-02-30T00:00:00Z',
    'updated_since=',
    'updated_since=0001-01-01T00:00:00%2B14:00',
    'updated_sinse=2026-02-01',
  ])('refuses ?%s', async (query) => {
    const answer = await service.get(`/v1/${entity}?${query}`, tenant);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'PARAMETER_INVALID', errors: [{ field: query.split('=')[0] }] },
    });
  });
});
