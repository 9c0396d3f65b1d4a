import { newTenant, type Row, statusesOf, TestService } from '../support/app';
import { SAMPLES, tenantFor } from './samples';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

interface Change {
  status: string;
  changes: Record<string, { before: unknown; after: unknown }>;
  run_id: string;
  source: string | null;
}

describe.each(SAMPLES)('a deleted record of $entity', (sample) => {
  const { entity, singular, record, optional } = sample;
  const idKey = `zoho_${singular}_id` as const;
  let tenant: string;
  beforeEach(async () => {
    tenant = await tenantFor(sample, service);
  });
  const sync = (body: unknown, query = '') => service.sync(entity, body, { tenant, query });
  const row = (id: string): Promise<Row> => service.row(entity, id, tenant);
  const listed = async (query = ''): Promise<(string | null | undefined)[]> =>
    (await service.get<{ data: Row[] }>(`/v1/${entity}${query}`, tenant)).body.data.map((line) => line['zoho_id']);
  const history = async (id: string): Promise<Change[]> =>
    (await service.get<{ data: Change[] }>(`/v1/${entity}/${id}/history`, tenant)).body.data;
  const at = (time: string) => ({ Modified_Time: `2026-02-14T${time}:00Z` });

  it.each([
    ['a body of ids', { ids: ['1'], operation: 'delete' }],
    ['a record that says so', { data: [{ id: '1', operation: 'Deleted' }] }],
    ['Zoho’s own mark', { data: [{ id: '1', $state: 'delete' }] }],
    ['an event', { event_id: 'e', event_type: 'deleted', record_id: '1' }],
    ['a notice of one id', { zoho_id: '1', operation: 'delete' }],
    ['a body that says so of its records', { operation: 'delete', data: [{ id: '1' }] }],
  ])('is a tombstone, whether %s asked for it', async (_case, body) => {
    await sync({ data: [record('1'), record('2')] });
    const report = await sync(body);
    expect(report).toMatchObject({ summary: { total: 1, DELETED: 1 } });
    expect(report.results[0]).toMatchObject({ [idKey]: '1', status: 'DELETED' });
    const { deleted_at: deletedAt, ...rest } = await row('1');
    expect(deletedAt).toEqual(expect.any(String));
    expect(Object.keys(rest).toSorted()).toEqual(['created_at', 'last_sync', 'updated_at', 'version', 'zoho_id']);
    expect(await listed()).toEqual(['2']);
    expect(await listed('?deleted=true')).toEqual(['1', '2']);
  });

  it('is one by the delete route too, with a run of its own', async () => {
    await sync({ data: [record('1')] });
    const { status, body } = await service.send<Record<string, string>>('DELETE', `/v1/${entity}/1`, {
      headers: { 'X-Tenant-ID': tenant },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      [idKey]: '1',
      status: 'DELETED',
      message: expect.stringMatching(/ deleted$/) as string,
    });
    expect(await row('1')).toMatchObject({ deleted_at: expect.any(String) as string });
    const run = await service.get(`/v1/runs/${body['run_id']}`, tenant);
    expect(run.body).toMatchObject({ kind: 'delete', entity, results: [{ zoho_id: '1', status: 'DELETED' }] });
  });

  it('stays out of reach of a late older version, also when it was never seen', async () => {
    await sync({ data: [{ id: '1', operation: 'delete', ...at('10:00') }] });
    const late = await sync({ data: [{ ...record('1'), ...at('09:59') }] });
    expect(statusesOf(late)).toEqual(['STALE']);
    expect(await row('1')).toMatchObject({ deleted_at: expect.any(String) as string });
  });

  it('does not come back by a late copy of its last version, but by a newer one', async () => {
    await sync({ data: [{ ...record('1'), ...at('10:00') }] });
    await sync({ data: [{ id: '1', operation: 'delete', ...at('10:00') }] });
    const late = await sync({ data: [{ ...record('1'), ...at('10:00') }] });
    expect(late.results[0]).toMatchObject({ status: 'STALE', message: expect.stringMatching(/deleted/) as string });
    expect(await row('1')).toMatchObject({ deleted_at: expect.any(String) as string });
    expect(statusesOf(await sync({ data: [{ ...record('1'), ...at('10:01') }] }))).toEqual(['UPDATED']);
    expect(await row('1')).toMatchObject({ deleted_at: null });
  });

  it('comes back when asked to, though it is older than the receipt of a deletion without a time', async () => {
    await sync({ data: [{ ...record('1'), ...at('10:00') }] });
    await sync({ ids: ['1'], operation: 'delete' });
    expect(statusesOf(await sync({ data: [{ ...record('1'), ...at('10:00') }] }))).toEqual(['STALE']);
    const restore = { ...record('1'), ...at('10:00'), operation: 'restore' };
    expect(statusesOf(await sync({ data: [restore] }))).toEqual(['UPDATED']);
    expect(await row('1')).toMatchObject({ deleted_at: null, version: '2026-02-14T10:00:00.000Z' });
  });

  it('does not come back by a restore that is older than the deletion', async () => {
    await sync({ data: [{ id: '1', operation: 'delete', ...at('10:00') }] });
    const late = await sync({ data: [{ ...record('1'), operation: 'restore', ...at('09:00') }] });
    expect(statusesOf(late)).toEqual(['STALE']);
  });

  it('is not deleted by a notice that is older than the row', async () => {
    await sync({ data: [{ ...record('1'), ...at('10:00') }] });
    const report = await sync({ data: [{ id: '1', operation: 'delete', ...at('09:00') }] });
    expect(statusesOf(report)).toEqual(['STALE']);
    expect(await row('1')).toMatchObject({ deleted_at: null });
  });

  it('comes back as UPDATED when it is sent again, with what was kept of it', async () => {
    await sync({ data: [{ ...record('1'), [optional[0]]: 'kept', ...at('10:00') }] });
    const before = await row('1');
    await sync({ data: [{ id: '1', operation: 'delete', ...at('11:00') }] });
    const report = await sync({ data: [{ ...record('1'), ...at('12:00') }] });
    expect(report.results[0]).toMatchObject({
      status: 'UPDATED',
      changes: { deleted_at: { before: expect.any(String) as string, after: null } },
    });
    const { last_sync: _a, updated_at: _b, version: _c, ...rest } = before;
    expect(await row('1')).toMatchObject(rest);
  });

  it('comes back by its id alone when the body asks to restore it', async () => {
    await sync({ data: [record('1')] });
    await sync({ ids: ['1'], operation: 'delete' });
    expect(statusesOf(await sync({ ids: ['1'], operation: 'restore' }))).toEqual(['UPDATED']);
    expect(await row('1')).toMatchObject({ deleted_at: null });
  });

  it('cannot come back by its id alone when nothing of it was ever seen', async () => {
    await sync({ ids: ['9'], operation: 'delete' });
    expect(statusesOf(await sync({ ids: ['9'], operation: 'restore' }))).toEqual(['INVALID']);
  });

  it('is deleted once: a second notice says so, and adds nothing to the history', async () => {
    await sync({ data: [record('1')] });
    await sync({ ids: ['1'], operation: 'delete' });
    const first = await row('1');
    const again = await sync({ ids: ['1'], operation: 'delete' });
    expect(again.results[0]).toMatchObject({ status: 'DELETED', message: expect.stringMatching(/already/) as string });
    expect((await row('1'))['deleted_at']).toBe(first['deleted_at']);
    expect((await history('1')).map(({ status }) => status)).toEqual(['DELETED', 'NEW']);
  });

  it('is not deleted by a dry run', async () => {
    await sync({ data: [record('1')] });
    expect(statusesOf(await sync({ ids: ['1'], operation: 'delete' }, '?dryRun=true'))).toEqual(['DELETED']);
    const headers = { 'X-Tenant-ID': tenant };
    for (const query of ['dryRun=true', 'erase=true&dryRun=true']) {
      const { body } = await service.send('DELETE', `/v1/${entity}/1?${query}`, { headers });
      expect(body).toMatchObject({ dry_run: true });
    }
    expect(await row('1')).toMatchObject({ deleted_at: null });
  });

  it.each(['erase=yes', 'erase=', 'dryrun=true', 'erase=true&erase=false'])('refuses DELETE ?%s', async (query) => {
    await sync({ data: [record('1')] });
    const answer = await service.send('DELETE', `/v1/${entity}/1?${query}`, { headers: { 'X-Tenant-ID': tenant } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'PARAMETER_INVALID' } });
    expect(await row('1')).toMatchObject({ deleted_at: null });
  });

  it('can be erased, and then nothing of it is left', async () => {
    await sync({ data: [{ ...record('1'), [optional[0]]: 'secret' }, record('2', 'b')] });
    const headers = { 'X-Tenant-ID': tenant };
    const { status, body } = await service.send('DELETE', `/v1/${entity}/1?erase=true`, { headers });
    expect(status).toBe(200);
    expect(body).toMatchObject({ [idKey]: '1', erased: { [singular]: 1, history: 1, run_results: 1 } });
    expect((await service.get(`/v1/${entity}/1`, tenant)).status).toBe(404);
    expect(await history('1')).toEqual([]);
    expect(await listed('?deleted=true')).toEqual(['2']);
    expect((await service.send('DELETE', `/v1/${entity}/1?erase=true`, { headers })).status).toBe(404);
    expect(statusesOf(await sync({ data: [record('1')] }))).toEqual(['NEW']);
  });

  it('is another tenant’s no less for being deleted or erased here', async () => {
    const other = await tenantFor(sample, service);
    await sync({ data: [record('1')] });
    await service.sync(entity, { data: [record('1')] }, { tenant: other });
    for (const query of ['', '?erase=true']) {
      await service.send('DELETE', `/v1/${entity}/1${query}`, { headers: { 'X-Tenant-ID': other } });
      expect(await row('1')).toMatchObject({ deleted_at: null });
    }
    expect(await history('1')).toHaveLength(1);
  });

  it.each(['%00', 'a%00b', 'x'.repeat(500)])('is not there under %s', async (id) => {
    const headers = { 'X-Tenant-ID': tenant };
    expect((await service.get(`/v1/${entity}/${id}/history`, tenant)).body).toMatchObject({ data: [] });
    for (const query of ['', '?erase=true']) {
      expect((await service.send('DELETE', `/v1/${entity}/${id}${query}`, { headers })).status).toBe(404);
    }
  });

  it('has a history that tells everything, the newest first, page by page', async () => {
    await sync({ source: 'zoho_workflow', data: [{ ...record('1'), [optional[0]]: 'a' }] });
    const { run_id: runId } = await sync({ data: [{ id: '1', [optional[0]]: 'b' }] });
    await sync({ data: [{ id: '1', [optional[0]]: 'b' }] });
    await sync({ ids: ['1'], operation: 'delete' });
    await sync({ data: [{ ...record('1'), [optional[0]]: 'c' }] });
    const all = await history('1');
    expect(all.map(({ status }) => status)).toEqual(['UPDATED', 'DELETED', 'UPDATED', 'NEW']);
    expect(all[0]?.changes).toMatchObject({
      deleted_at: { after: null },
      [optional[1]]: { before: 'b', after: 'c' },
    });
    expect(all[1]?.changes).toEqual({ deleted_at: { before: null, after: expect.any(String) as string } });
    expect(all[2]).toMatchObject({ run_id: runId, changes: { [optional[1]]: { before: 'a', after: 'b' } } });
    expect(all[3]).toMatchObject({ source: 'zoho_workflow', changes: { [optional[1]]: { before: null, after: 'a' } } });
    const first = await service.get<{ data: Change[]; next_cursor: string }>(`/v1/${entity}/1/history?limit=3`, tenant);
    const second = await service.get<{ data: Change[]; next_cursor: null }>(
      `/v1/${entity}/1/history?limit=3&cursor=${first.body.next_cursor}`,
      tenant,
    );
    expect([...first.body.data, ...second.body.data]).toEqual(all);
    expect(second.body.next_cursor).toBeNull();
    expect((await service.get<{ data: unknown[] }>(`/v1/${entity}/1/history`, newTenant())).body.data).toEqual([]);
  });
});

describe('an e-mail', () => {
  const student = (id: string, email: string) => ({ id, Display_Name: 'S', Academic_Email: email });

  it('is free again when its student is deleted; coming back into a taken one is INVALID', async () => {
    const tenant = newTenant();
    const sync = (body: unknown) => service.sync('students', body, { tenant });
    await sync({ data: [student('1', 'a@c.example')] });
    await sync({ ids: ['1'], operation: 'delete' });
    expect(statusesOf(await sync({ data: [student('2', 'A@c.example')] }))).toEqual(['NEW']);
    const back = await sync({ ids: ['1'], operation: 'restore' });
    expect(back.results[0]).toMatchObject({ status: 'INVALID', errors: [{ code: 'DUPLICATE_DATA' }] });
    expect(statusesOf(await sync({ data: [student('1', 'b@c.example')] }))).toEqual(['UPDATED']);
  });

  it('passes from a deleted student to another in one batch, whichever comes first', async () => {
    for (const reversed of [false, true]) {
      const tenant = newTenant();
      await service.sync('students', { data: [student('1', 'a@c.example')] }, { tenant });
      const data = [{ id: '1', operation: 'delete' }, student('2', 'a@c.example')];
      const report = await service.sync('students', { data: reversed ? data.toReversed() : data }, { tenant });
      expect(statusesOf(report).toSorted()).toEqual(['DELETED', 'NEW']);
    }
  });
});
