import type { SyncReport } from '../../src/sync/sync-report';
import { type Row, statusesOf, TestService } from '../support/app';
import { ask } from '../support/databases';
import { SAMPLES, tenantFor } from './samples';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

describe.each(SAMPLES)('POST /v1/sync/$entity', (sample) => {
  const { entity, singular, record, required, optional, unusable, otherModule } = sample;
  const idKey = `zoho_${singular}_id` as const;
  let tenant: string;
  beforeEach(async () => {
    tenant = await tenantFor(sample, service);
  });
  const sync = (body: unknown, query = '') => service.sync(entity, body, { tenant, query });
  const row = (id: string): Promise<Row> => service.row(entity, id, tenant);

  it('stores a record that it sees for the first time', async () => {
    const report = await sync({ data: [record('1')] });
    expect(report).toMatchObject({ status: 'success', tenant_id: tenant, summary: { total: 1, NEW: 1 } });
    expect(report.run_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(report.results[0]).toMatchObject({
      [idKey]: '1',
      status: 'NEW',
      message: expect.stringMatching(/ created$/) as string,
    });
    expect(await row('1')).toMatchObject({ zoho_id: '1', last_sync: expect.any(String) as string });
  });

  it('says UNCHANGED for the same content, and writes nothing', async () => {
    await sync({ data: [record('1')] });
    const before = await row('1');
    expect(statusesOf(await sync({ data: [record('1')] }))).toEqual(['UNCHANGED']);
    expect(await row('1')).toEqual(before);
  });

  it('says UNCHANGED when only fields that are not stored, their order or Zoho’s bookkeeping differ', async () => {
    await sync({ data: [record('1')] });
    const same = Object.fromEntries(Object.entries(record('1')).toReversed());
    const noise = {
      Owner: { id: '9', name: 'Registry' },
      Tag: [],
      $editable: false,
      Locked__s: true,
      Intake: '2027',
    };
    expect(statusesOf(await sync({ data: [{ ...same, ...noise }] }))).toEqual(['UNCHANGED']);
  });

  it('says UPDATED with before and after of every changed field, a change of case too', async () => {
    await sync({ data: [{ ...record('1'), [optional[0]]: 'istanbul' }] });
    const report = await sync({ data: [{ ...record('1'), [optional[0]]: 'Istanbul' }] });
    const changes = { [optional[1]]: { before: 'istanbul', after: 'Istanbul' } };
    expect(report.results[0]).toMatchObject({
      status: 'UPDATED',
      message: expect.stringContaining(optional[1]) as string,
    });
    expect(report.results[0]?.changes).toEqual(changes);
    expect((await row('1'))[optional[1]]).toBe('Istanbul');
  });

  it('keeps what a partial record leaves out, and clears what it sets to null', async () => {
    await sync({ data: [{ ...record('1'), [optional[0]]: 'Istanbul' }] });
    const before = await row('1');
    expect(statusesOf(await sync({ data: [{ id: '1' }] }))).toEqual(['UNCHANGED']);
    const cleared = await sync({ data: [{ id: '1', [optional[0]]: null }] });
    expect(cleared.results[0]?.changes).toEqual({ [optional[1]]: { before: 'Istanbul', after: null } });
    const after = await row('1');
    expect({ ...after, [optional[1]]: 'Istanbul', last_sync: null, updated_at: null }).toEqual({
      ...before,
      last_sync: null,
      updated_at: null,
    });
  });

  it('judges what is required on the merged record', async () => {
    const { [required[0]]: _left, ...rest } = record('1');
    const partial = { ...rest, First_Name: undefined, Last_Name: undefined, Name: undefined };
    const first = await sync({ data: [partial] });
    expect(first.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field: required[1], code: 'MANDATORY_NOT_FOUND' }],
    });
    expect((await service.get(`/v1/${entity}/1`, tenant)).status).toBe(404);
    await sync({ data: [record('1')] });
    expect(statusesOf(await sync({ data: [partial] }))).toEqual(['UNCHANGED']);
    const cleared = await sync({ data: [{ id: '1', [required[0]]: null }] });
    expect(cleared.results[0]).toMatchObject({ status: 'INVALID', errors: [{ field: required[1] }] });
  });

  it('answers each record in its place, one bad record spoiling none', async () => {
    const [alias, field, value] = unusable;
    const report = await sync({
      data: [
        record('1'),
        { ...record('2'), [alias]: value },
        null,
        7,
        'x',
        [record('3')],
        { ...record('4'), id: undefined },
        record('5'),
      ],
    });
    expect(statusesOf(report)).toEqual([
      'NEW',
      'INVALID',
      'INVALID',
      'INVALID',
      'INVALID',
      'INVALID',
      'INVALID',
      'NEW',
    ]);
    expect(report.summary).toMatchObject({ total: 8, NEW: 2, INVALID: 6 });
    expect(report.results.map((result) => result[idKey])).toEqual(['1', '2', null, null, null, null, null, '5']);
    expect(report.results[1]?.errors).toEqual([
      { field, code: 'INVALID_DATA', message: expect.stringContaining(alias) as string, value },
    ]);
    expect(report.results[6]).toMatchObject({
      message: 'id is required',
      errors: [{ field: 'zoho_id', code: 'MANDATORY_NOT_FOUND' }],
    });
  });

  it.each([
    ['a bad id', { id: 'a/b' }],
    ['an id that is too long', { id: 'x'.repeat(65) }],
    ['a merge tag for an id', { id: '${!BTEC.Id}' }],
    ['an id that is a fraction', { id: 1.5 }],
    ['an id that is an object', { id: { id: '1' } }],
    ['a blank id', { id: '   ' }],
  ])('refuses %s', async (_case, change) => {
    const report = await sync({ data: [{ ...record('1'), ...change }] });
    expect(report.results[0]).toMatchObject({ [idKey]: null, status: 'INVALID', errors: [{ field: 'zoho_id' }] });
  });

  it('takes the next name for the id when the first is blank', async () => {
    const report = await sync({ data: [{ ...record('x'), id: ' ', ID: '55' }] });
    expect(report.results[0]).toMatchObject({ [idKey]: '55', status: 'NEW' });
  });

  it('keeps every digit of an unquoted id', async () => {
    const body = `{"data":[${JSON.stringify(record('1', 'a')).replace('"id":"1"', '"id":5725767000003000064')},
      ${JSON.stringify(record('1', 'b')).replace('"id":"1"', '"id": 5725767000003000010')}]}`;
    const answer = await service.send<{ results: object[] }>('POST', `/v1/sync/${entity}`, {
      body,
      headers: { 'X-Tenant-ID': tenant, 'Content-Type': 'application/json' },
    });
    expect(answer.body.results).toMatchObject([
      { [idKey]: '5725767000003000064', status: 'NEW' },
      { [idKey]: '5725767000003000010', status: 'NEW' },
    ]);
  });

  it('does not apply a record that is older than the stored one', async () => {
    const at = (hour: string, value: string) => ({
      ...record('1'),
      Modified_Time: `2026-02-14T${hour}:00:00+03:00`,
      [optional[0]]: value,
    });
    await sync({ data: [at('10', 'b')] });
    const report = await sync({ data: [at('09', 'a')] });
    expect(statusesOf(report)).toEqual(['STALE']);
    expect(await row('1')).toMatchObject({ [optional[1]]: 'b', version: '2026-02-14T07:00:00.000Z' });
    expect(statusesOf(await sync({ data: [at('10', 'c')] }))).toEqual(['UPDATED']);
  });

  it('moves the version on when nothing else changed, so that an older record stays out', async () => {
    const at = (time: string) => ({ ...record('1'), Modified_Time: time });
    await sync({ data: [at('2026-02-14T10:00:00Z')] });
    const before = await row('1');
    expect(statusesOf(await sync({ data: [at('2026-02-14T12:00:00Z')] }))).toEqual(['UNCHANGED']);
    expect(await row('1')).toEqual({ ...before, version: '2026-02-14T12:00:00.000Z' });
    expect(statusesOf(await sync({ data: [{ ...at('2026-02-14T11:00:00Z'), [optional[0]]: 'late' }] }))).toEqual([
      'STALE',
    ]);
  });

  it('applies a record without Modified_Time, and the stored version stays', async () => {
    await sync({ data: [{ ...record('1'), Modified_Time: '2026-02-14T10:00:00Z' }] });
    expect(statusesOf(await sync({ data: [{ id: '1', [optional[0]]: 'x' }] }))).toEqual(['UPDATED']);
    expect(await row('1')).toMatchObject({ version: '2026-02-14T10:00:00.000Z', [optional[1]]: 'x' });
  });

  it('ignores a Modified_Time more than a day ahead, with a warning', async () => {
    const ahead = new Date(Date.now() + 25 * 3_600_000).toISOString();
    const report = await sync({ data: [{ ...record('1'), Modified_Time: ahead }] });
    expect(report.results[0]).toMatchObject({ status: 'NEW', warnings: [{ code: 'MODIFIED_TIME_IN_FUTURE' }] });
    expect(await row('1')).toMatchObject({ version: null });
  });

  it.each(['14/02/2026 10:00', '0001-01-01T00:00:00+01:00', '2026-02-14T10:00:00+24:00', 1_700_000_000])(
    'refuses a Modified_Time of %s',
    async (time) => {
      const report = await sync({ data: [{ ...record('1'), Modified_Time: time }] });
      expect(report.results[0]).toMatchObject({ status: 'INVALID', errors: [{ field: 'version' }] });
    },
  );

  describe('the same id twice in one request', () => {
    it('is applied in the order given when a record has no Modified_Time', async () => {
      const report = await sync({
        data: [
          record('1'),
          { id: '1', [optional[0]]: 'a' },
          record('2'),
          { id: '1', [optional[0]]: 'a' },
          { id: '1', [optional[0]]: 'b' },
        ],
      });
      expect(statusesOf(report)).toEqual(['NEW', 'UPDATED', 'NEW', 'UNCHANGED', 'UPDATED']);
      expect(report.results[4]?.changes).toEqual({ [optional[1]]: { before: 'a', after: 'b' } });
      expect((await row('1'))[optional[1]]).toBe('b');
    });

    it('is applied in the order of Modified_Time when every record has one', async () => {
      const at = (hour: number, value: string) => ({
        ...record('1'),
        Modified_Time: `2026-02-14T${hour}:00:00Z`,
        [optional[0]]: value,
      });
      const report = await sync({ data: [at(12, 'c'), at(10, 'a'), at(11, 'b')] });
      expect(statusesOf(report)).toEqual(['UPDATED', 'NEW', 'UPDATED']);
      expect(report.results[0]?.changes).toEqual({ [optional[1]]: { before: 'b', after: 'c' } });
      expect(await row('1')).toMatchObject({ [optional[1]]: 'c', version: '2026-02-14T12:00:00.000Z' });
    });

    it('goes on past a record that is INVALID', async () => {
      const report = await sync({
        data: [{ id: '1' }, record('1'), { id: '1', [unusable[0]]: unusable[2] }, { id: '1', [optional[0]]: 'z' }],
      });
      expect(statusesOf(report)).toEqual(['INVALID', 'NEW', 'INVALID', 'UPDATED']);
      expect((await row('1'))[optional[1]]).toBe('z');
    });
  });

  it('writes nothing in a dry run, and says what would happen', async () => {
    await sync({ data: [record('1')] });
    const report = await sync({ data: [{ id: '1', [optional[0]]: 'x' }, record('2')] }, '?dryRun=true');
    expect(report).toMatchObject({ dry_run: true, summary: { NEW: 1, UPDATED: 1 } });
    expect((await row('1'))[optional[1]]).toBeNull();
    expect((await service.get(`/v1/${entity}/2`, tenant)).status).toBe(404);
  });

  it.each(['dryRun=yes', 'dryRun=', 'dryrun=true', 'dry_run=true', 'dryRun=true&dryRun=false'])(
    'refuses ?%s, for it might mean no writing',
    async (query) => {
      const answer = await service.send('POST', `/v1/sync/${entity}?${query}`, {
        body: JSON.stringify([record('1')]),
        headers: { 'X-Tenant-ID': tenant },
      });
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'PARAMETER_INVALID', errors: [{ field: query.split('=')[0] }] },
      });
      expect((await service.get(`/v1/${entity}/1`, tenant)).status).toBe(404);
    },
  );

  it('takes a merge tag that Zoho did not fill in for a missing field, with a warning; for a required one it is INVALID', async () => {
    await sync({ data: [{ ...record('1'), [optional[0]]: 'kept' }] });
    const report = await sync({
      data: [
        { id: '1', [optional[0]]: '${!Module.Field}' },
        { id: '1', [required[0]]: '${!Module.Name}' },
      ],
    });
    expect(report.results).toMatchObject([
      { status: 'UNCHANGED', warnings: [{ field: optional[1], code: 'MERGE_TAG_NOT_FILLED' }] },
      { status: 'INVALID', errors: [{ field: required[1], code: 'MERGE_TAG_NOT_FILLED' }] },
    ]);
    expect((await row('1'))[optional[1]]).toBe('kept');
  });

  it('trims text and puts it in NFC, so that another spelling of the same is UNCHANGED', async () => {
    await sync({ data: [{ ...record('1'), [optional[0]]: '  İzmir Café 🎓 \u200d ' }] });
    const stored = (await row('1'))[optional[1]];
    expect(stored).toBe('İzmir Café 🎓 \u200d'.normalize('NFC'));
    expect(statusesOf(await sync({ data: [{ id: '1', [optional[0]]: stored?.normalize('NFD') }] }))).toEqual([
      'UNCHANGED',
    ]);
  });

  it.each([
    ['a NUL', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud800b'],
    ['an object', { a: 1 }],
    ['a list', ['a']],
    ['a boolean', true],
    ['100,000 characters', 'x'.repeat(100_000)],
    ['100 combining marks on a letter', `a${'\u0301'.repeat(100)}`],
    ['100,000 merge tags that never close', '${!'.repeat(100_000)],
  ])('refuses %s in a text field for that record alone', async (_case, value) => {
    const report = await sync({ data: [record('1'), { ...record('2'), [optional[0]]: value }, record('3')] });
    expect(statusesOf(report)).toEqual(['NEW', 'INVALID', 'NEW']);
    expect(report.results[1]?.errors?.[0]?.value?.length).toBeLessThan(70);
  });

  it('is not moved by keys that are columns of ours or names of JavaScript', async () => {
    const body = JSON.stringify({ data: [record('1')] }).replace(
      '"id":"1"',
      '"id":"1","__proto__":{"Display_Name":"x"},"constructor":1,"tenant_id":"other","fingerprint":"x","created_at":"2000-01-01","version":"9999-01-01","deleted_at":"2000-01-01","moodle":{"user_id":"999"}',
    );
    const headers = { 'X-Tenant-ID': tenant, 'Content-Type': 'application/json' };
    await service.send('POST', `/v1/sync/${entity}`, { body, headers });
    const stored = await row('1');
    expect(stored).toMatchObject({ version: null, deleted_at: null });
    expect(JSON.stringify(stored)).not.toContain('999');
    expect(stored['created_at']?.startsWith('2000')).toBe(false);
  });

  it('renews a fingerprint that has aged, without calling it a change', async () => {
    await sync({ data: [record('1')] });
    const before = await row('1');
    const fingerprint = async () =>
      (await ask(`SELECT fingerprint FROM ${singular} WHERE tenant_id = $1`, [tenant]))[0]?.['fingerprint'] as string;
    const fresh = await fingerprint();
    await ask(`UPDATE ${singular} SET fingerprint = 'of an older field table' WHERE tenant_id = $1`, [tenant]);
    expect(statusesOf(await sync({ data: [record('1')] }))).toEqual(['UNCHANGED']);
    expect(await fingerprint()).toBe(fresh);
    expect(await row('1')).toEqual(before);
  });

  it('keeps tenants apart: the same record in two of them is two records', async () => {
    const other = await tenantFor(sample, service);
    await sync({ data: [record('1')] });
    expect(statusesOf(await service.sync(entity, { data: [record('1')] }, { tenant: other }))).toEqual(['NEW']);
    await service.sync(entity, { data: [{ id: '1', [optional[0]]: 'theirs' }] }, { tenant: other });
    expect((await row('1'))[optional[1]]).toBeNull();
    expect((await service.get<{ data: Row[] }>(`/v1/${entity}`, tenant)).body.data).toHaveLength(1);
  });

  it('takes its own module, an unknown one, but not another route’s', async () => {
    const send = (module: string) =>
      service.send<{ code: string }>('POST', `/v1/sync/${entity}`, {
        body: JSON.stringify({ module, data: [record('1')] }),
        headers: { 'X-Tenant-ID': tenant },
      });
    expect(await send(otherModule)).toMatchObject({ status: 422, body: { code: 'WRONG_MODULE' } });
    expect((await service.get(`/v1/${entity}/1`, tenant)).status).toBe(404);
    expect((await send('Something_Else')).status).toBe(200);
  });

  it('shows the caller’s idempotency key, else the MD5 of the body', async () => {
    const body = { data: [record('1')] };
    const named = await service.sync(entity, body, { tenant, headers: { 'Idempotency-Key': 'order 66' } });
    const unnamed = await service.send<SyncReport>('POST', `/v1/sync/${entity}`, {
      body: JSON.stringify(body),
      headers: { 'X-Tenant-ID': tenant },
    });
    expect([named.idempotency_key, unnamed.body.idempotency_key]).toEqual([
      'order 66',
      expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    ]);
  });
});

const WITH_TWO_NAMES = SAMPLES.flatMap((sample) => (sample.twoNames ? [{ ...sample, twoNames: sample.twoNames }] : []));

describe.each(WITH_TWO_NAMES)('POST /v1/sync/$entity', (sample) => {
  it('takes the next name for a field when the first is a merge tag that was not filled in', async () => {
    const { entity, record, twoNames } = sample;
    const [first, second, field] = twoNames;
    const tenant = await tenantFor(sample, service);
    await service.sync(entity, { data: [{ ...record('1'), [first]: '${!Module.Field}', [second]: 'B' }] }, { tenant });
    expect((await service.row(entity, '1', tenant))[field]).toBe('B');
    await service.sync(entity, { data: [{ id: '1', [first]: 'A', [second]: 'B' }] }, { tenant });
    expect((await service.row(entity, '1', tenant))[field]).toBe('A');
  });
});
