import { type Answer, newTenant, type Row, statusesOf, TestService } from './support/app';
import { collectingFetch } from './support/canary/collecting-fetch';
import { testRedisUrl } from './support/redis';
import type { SyncReport } from '../src/sync/sync-report';

const STORES: [string, () => Record<string, string>][] = [
  ['PostgreSQL', () => ({})],
  ['Redis', () => ({ REDIS_URL: testRedisUrl() })],
];

describe.each(STORES)('idempotency kept in %s', (_name, variables) => {
  let service: TestService;
  let tenant: string;
  beforeAll(async () => {
    service = await TestService.start(variables());
  });
  beforeEach(() => {
    tenant = newTenant();
  });
  afterAll(() => service.close());

  interface Sent extends Answer<SyncReport & { code?: string }> {
    replayed: boolean;
    text: string;
  }
  const send = async (body: string, headers: Record<string, string> = {}, path = 'students'): Promise<Sent> => {
    const response = await collectingFetch(`${service.url}/v1/sync/${path}`, {
      method: 'POST',
      body,
      headers: { 'X-Tenant-ID': tenant, ...headers },
    });
    const text = await response.text();
    const replayed = response.headers.get('idempotent-replayed') === 'true';
    return {
      status: response.status,
      headers: response.headers,
      body: JSON.parse(text) as Sent['body'],
      text,
      replayed,
    };
  };
  const student = (id: string, rest: object = {}) => ({
    id,
    Display_Name: `S ${id}`,
    Academic_Email: `${id}@c.example`,
    ...rest,
  });
  const bodyOf = (...data: object[]): string => JSON.stringify({ data });
  const row = (id: string): Promise<Row> => service.row('students', id, tenant);

  it('answers a repeat as the first was answered, byte for byte, and says so', async () => {
    const first = await send(bodyOf(student('1')));
    const second = await send(bodyOf(student('1')));
    expect([first.replayed, second.replayed]).toEqual([false, true]);
    expect(second.text).toBe(first.text);
    expect(second.status).toBe(200);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(first.headers.get('content-type')).toMatch(/^application\/json/);
    expect(first.body.idempotency_key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('takes the caller’s key under both names, for another spelling of the body too it is another request', async () => {
    const first = await send(bodyOf(student('1')), { 'Idempotency-Key': 'k1' });
    const second = await send(bodyOf(student('1')), { 'X-Idempotency-Key': 'k1' });
    expect(second).toMatchObject({ replayed: true, text: first.text, body: { idempotency_key: 'k1' } });
    const other = await send(bodyOf(student('1')), { 'Idempotency-Key': 'k2' });
    expect(other.replayed).toBe(false);
    expect(statusesOf(other.body)).toEqual(['UNCHANGED']);
  });

  it('refuses a key that comes again with another body, and changes nothing', async () => {
    await send(bodyOf(student('1')), { 'Idempotency-Key': 'k1' });
    const answer = await send(bodyOf(student('1', { City: 'X' })), { 'Idempotency-Key': 'k1' });
    expect(answer).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(await row('1')).toMatchObject({ city: null });
  });

  it('counts a key within its tenant and route', async () => {
    const headers = { 'Idempotency-Key': 'k1' };
    await send(bodyOf(student('1')), headers);
    expect(await send('{"id":"1","Name":"HND"}', headers, 'programs')).toMatchObject({ status: 200, replayed: false });
    tenant = newTenant();
    expect(statusesOf((await send(bodyOf(student('1')), headers)).body)).toEqual(['NEW']);
  });

  it('A, then B, then A again ends at A', async () => {
    const a = bodyOf(student('1', { City: 'A' }));
    const b = bodyOf(student('1', { City: 'B' }));
    await send(a);
    await send(b);
    const again = await send(a);
    expect(again.replayed).toBe(false);
    expect(again.body.results[0]?.changes).toEqual({ city: { before: 'B', after: 'A' } });
    expect(await row('1')).toMatchObject({ city: 'A' });
    expect(await send(a)).toMatchObject({ replayed: true, text: again.text });
  });

  it('A, then B that waits, then A again ends at A', async () => {
    const sync = (entity: string, record: object) => service.sync(entity, { data: [record] }, { tenant });
    await sync('students', student('s1'));
    await sync('classes', { id: 'c1', Class_Name: 'C' });
    const enroll = async (inClass: string) => {
      const { body } = await service.send<SyncReport>('POST', '/v1/sync/enrollments', {
        body: JSON.stringify([{ id: 'e1', Student: 's1', Class: inClass }]),
        headers: { 'X-Tenant-ID': tenant },
      });
      return body.results[0]?.status;
    };
    expect([await enroll('c1'), await enroll('c2'), await enroll('c1')]).toEqual(['NEW', 'SKIPPED', 'UNCHANGED']);
    await sync('classes', { id: 'c2', Class_Name: 'C' });
    expect(await service.row('enrollments', 'e1', tenant)).toMatchObject({ class: 'c1' });
  });

  it('does not replay what was read by another profile', async () => {
    const body = bodyOf(student('1', { Mobile: '5' }));
    await send(body);
    expect((await send(body)).replayed).toBe(true);
    await service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, {
      body: JSON.stringify({ entities: { students: { fields: { phone: { aliases: ['Mobile'] } } } } }),
    });
    const again = await send(body);
    expect(again.replayed).toBe(false);
    expect(again.body.results[0]?.changes).toEqual({ phone: { before: null, after: '5' } });
  });

  it('does not replay when one of many records is no longer as the answer left it', async () => {
    const many = bodyOf(...Array.from({ length: 100 }, (_none, n) => student(`s${n}`)));
    await send(many);
    expect((await send(many)).replayed).toBe(true);
    await send(bodyOf({ id: 's42', City: 'moved' }));
    const again = await send(many);
    expect(again.replayed).toBe(false);
    expect(again.body.summary).toMatchObject({ UNCHANGED: 100 });
  });

  it('does not replay INVALID once the record is stored, nor a warning once the program is', async () => {
    const partial = bodyOf({ id: '1', City: 'X' });
    expect(statusesOf((await send(partial)).body)).toEqual(['INVALID']);
    expect((await send(partial)).replayed).toBe(true);
    const named = bodyOf(student('1', { Program: 'p1' }));
    expect((await send(named)).body.results[0]?.warnings).toHaveLength(1);
    expect(statusesOf((await send(partial)).body)).toEqual(['UPDATED']);
    await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant });
    const later = await send(named);
    expect(later.replayed).toBe(false);
    expect(later.body.results[0]?.warnings).toBeUndefined();
  });

  it('does not replay an answer without a warning once the program that was there is deleted', async () => {
    await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant });
    const named = bodyOf(student('1', { Program: 'p1' }), student('2', { Program: 'p2' }));
    await send(named);
    expect((await send(named)).replayed).toBe(true);
    await service.sync('programs', { ids: ['p1'], operation: 'delete' }, { tenant });
    const later = await send(named);
    expect(later.replayed).toBe(false);
    expect(later.body.results[0]?.warnings).toMatchObject([{ code: 'program_deleted' }]);
    expect((await send(named)).replayed).toBe(true);
    await service.sync('programs', { ids: ['p2'], operation: 'delete' }, { tenant });
    expect((await send(named)).body.results[1]?.warnings).toMatchObject([{ code: 'program_deleted' }]);
  });

  it('replays under a key of the caller’s own even when the record has moved on', async () => {
    const first = await send(bodyOf(student('1', { City: 'A' })), { 'Idempotency-Key': 'k1' });
    await send(bodyOf(student('1', { City: 'B' })));
    expect(await send(bodyOf(student('1', { City: 'A' })), { 'Idempotency-Key': 'k1' })).toMatchObject({
      replayed: true,
      text: first.text,
    });
    expect(await row('1')).toMatchObject({ city: 'B' });
  });

  it.each([{}, { 'Idempotency-Key': 'mine' }])('keeps no DUPLICATE_DATA and no 4xx, with %j', async (headers) => {
    await send(bodyOf(student('1', { Academic_Email: 'a@c.example' })));
    const wants = bodyOf(student('2', { Academic_Email: 'a@c.example' }));
    expect(statusesOf((await send(wants, headers)).body)).toEqual(['INVALID']);
    expect((await send(wants, headers)).replayed).toBe(false);
    await send(bodyOf(student('1', { Academic_Email: 'b@c.example' })));
    expect(statusesOf((await send(wants, headers)).body)).toEqual(['NEW']);
    const bad = await send('{"data":[', {
      ...headers,
      ...(headers['Idempotency-Key'] && { 'Idempotency-Key': 'bad' }),
    });
    expect(bad.status).toBe(400);
    const good = await send(bodyOf(student('3')), {
      ...headers,
      ...(headers['Idempotency-Key'] && { 'Idempotency-Key': 'bad' }),
    });
    expect(good.status).toBe(200);
  });

  it('a dry run neither reads nor writes a key', async () => {
    const headers = { 'Idempotency-Key': 'k1' };
    const body = bodyOf(student('1'));
    expect(statusesOf((await send(body, headers, 'students?dryRun=true')).body)).toEqual(['NEW']);
    expect(statusesOf((await send(body, headers)).body)).toEqual(['NEW']);
    const dry = await send(body, headers, 'students?dryRun=true');
    expect([dry.replayed, dry.body.results[0]?.status]).toEqual([false, 'UNCHANGED']);
  });

  it('of 50 identical requests at once one runs, and all get its answer', async () => {
    for (const headers of [{}, { 'Idempotency-Key': 'k1' }]) {
      tenant = newTenant();
      const body = bodyOf(...Array.from({ length: 20 }, (_none, n) => student(`s${n}`)));
      const answers = await Promise.all(Array.from({ length: 50 }, () => send(body, headers)));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(answers[0]?.body.summary).toMatchObject({ NEW: 20 });
    }
  });

  it('makes nothing of the same address in capitals, or with a slash at the end', async () => {
    const first = await send(bodyOf(student('1')));
    const again = await collectingFetch(`${service.url}/V1/Sync/Students/`, {
      method: 'POST',
      body: bodyOf(student('1')),
      headers: { 'X-Tenant-ID': tenant },
    });
    expect([again.headers.get('idempotent-replayed'), await again.text()]).toEqual(['true', first.text]);
  });
});
