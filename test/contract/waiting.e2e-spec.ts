import { EntityRegistry } from '../../src/sync/entity-registry';
import type { SyncReport } from '../../src/sync/sync-report';
import { newTenant, statusesOf, TestService } from '../support/app';
import { ask } from '../support/databases';
import { inTenant } from '../support/in-tenant';
import { type Sample, SAMPLES, tenantFor } from './samples';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const { sync, deferred, stored, row, send, tick } = inTenant(() => ({ service, tenant }));

const at = (hour: number) => ({ Modified_Time: `2026-02-14T${hour}:00:00Z` });
const missingOf = (awaits: NonNullable<Sample['awaits']>) =>
  awaits.map(([field, id]) => ({ field, zoho_id: id, reason: `${field}_not_synced_yet` }));

it('the samples wait for all that their entities’ declarations await', () => {
  const declared = service.app.get(EntityRegistry).all.map(({ definition: { plural, fields } }) => {
    return [plural, Object.keys(fields).filter((name) => fields[name]?.awaited)];
  });
  const sampled = SAMPLES.map(({ entity, awaits = [] }) => [entity, awaits.map(([field]) => field)]);
  expect(Object.fromEntries(sampled)).toEqual(Object.fromEntries(declared));
});

const THAT_WAIT = SAMPLES.flatMap((sample) => (sample.awaits ? [{ ...sample, awaits: sample.awaits }] : []));

describe.each(THAT_WAIT)('a record of $entity without its parents', (sample) => {
  const { entity, singular, record, optional, parents = [], awaits } = sample;
  const history = async (): Promise<object[]> =>
    (await service.get<{ data: object[] }>(`/v1/${entity}/1/history`, tenant)).body.data;
  /** Brings the parents, one by one, and answers what each report says. */
  const bringParents = async (): Promise<SyncReport[]> => {
    const reports: SyncReport[] = [];
    for (const [parent, data] of parents) reports.push(await sync(parent, data));
    return reports;
  };
  const expire = async (): Promise<void> => {
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1`, [tenant]);
    await tick();
  };

  it('is SKIPPED with the first one’s reason and all that is missing, and listed', async () => {
    const report = await sync(entity, record('1'));
    expect(report).toMatchObject({ summary: { total: 1, SKIPPED: 1 } });
    expect(report.results).toEqual([
      {
        [`zoho_${singular}_id`]: '1',
        status: 'SKIPPED',
        message: expect.stringContaining(awaits.map((parent) => parent.join(' ')).join(', ')) as string,
        reason: `${awaits[0]?.[0]}_not_synced_yet`,
        missing: missingOf(awaits),
        deferred: true,
      },
    ]);
    expect(await deferred()).toMatchObject([
      { entity, zoho_id: '1', state: 'waiting', missing: missingOf(awaits), errors: [], run_id: report.run_id },
    ]);
    expect(await stored(entity, '1')).toBe(false);
  });

  it('waits for fewer with each that comes, and is applied by the last', async () => {
    const first = await sync(entity, record('1'));
    let left = awaits;
    for (const [parent, data] of parents) {
      const wasLeft = left.length;
      left = left.filter(([, id]) => id !== data['id']);
      const report = await sync(parent, data);
      expect(report.released).toBe(wasLeft > 0 && left.length === 0 ? 1 : undefined);
      expect((await deferred()).map(({ missing }) => missing)).toEqual(left.length > 0 ? [missingOf(left)] : []);
      if (report.released === undefined) continue;
      expect(await history()).toMatchObject([
        { status: 'NEW', run_id: report.run_id, waited_since_run_id: first.run_id },
      ]);
    }
    expect(left).toEqual([]);
    const waited = await row(entity, '1');
    tenant = await tenantFor(sample, service);
    await sync(entity, record('1'));
    const { last_sync: _a, created_at: _b, updated_at: _c, ...rest } = await row(entity, '1');
    expect(waited).toMatchObject(rest);
  });

  it('is merged with a newer one, which counts as the one that waits; an older one is STALE', async () => {
    await sync(entity, { ...record('1'), [optional[0]]: 'a', ...at(10) });
    const newer = await sync(entity, { id: '1', [optional[0]]: 'b', ...at(12) });
    expect(newer.results[0]).toMatchObject({ status: 'SKIPPED', missing: missingOf(awaits), deferred: true });
    expect(statusesOf(await sync(entity, { ...record('1'), [optional[0]]: 'c', ...at(11) }))).toEqual(['STALE']);
    expect(await deferred()).toMatchObject([{ zoho_id: '1', run_id: newer.run_id }]);
    await bringParents();
    const named = Object.fromEntries(awaits);
    expect(await row(entity, '1')).toMatchObject({
      ...named,
      [optional[1]]: 'b',
      version: '2026-02-14T12:00:00.000Z',
    });
    expect(await history()).toMatchObject([{ status: 'NEW', waited_since_run_id: newer.run_id }]);
  });

  it('can be given up: its parents do not bring it back, and sent again it is NEW', async () => {
    await sync(entity, record('1'));
    expect((await send('DELETE', `/v1/deferred/${entity}/1`)).status).toBe(204);
    expect(await deferred()).toEqual([]);
    expect((await send('DELETE', `/v1/deferred/${entity}/1`)).status).toBe(404);
    for (const report of await bringParents()) expect(report).not.toHaveProperty('released');
    expect(await stored(entity, '1')).toBe(false);
    expect(statusesOf(await sync(entity, record('1')))).toEqual(['NEW']);
  });

  it('can be tried at once, which stores nothing while they are missing', async () => {
    await sync(entity, record('1'));
    expect(await send('POST', `/v1/deferred/${entity}/1/retry`)).toMatchObject({
      status: 200,
      body: { released: 0, deferred: { entity, zoho_id: '1', state: 'waiting', missing: missingOf(awaits) } },
    });
    expect(await stored(entity, '1')).toBe(false);
  });

  it('that has expired is tried when it is asked for alone', async () => {
    const first = await sync(entity, record('1'));
    await expire();
    expect(await deferred('?state=expired')).toMatchObject([{ zoho_id: '1', missing: missingOf(awaits) }]);
    for (const report of await bringParents()) expect(report).not.toHaveProperty('released');
    expect(await stored(entity, '1')).toBe(false);
    const retried = await send<{ run_id: string }>('POST', `/v1/deferred/${entity}/1/retry`);
    expect(retried).toMatchObject({ status: 200, body: { released: 1, deferred: null } });
    expect(await history()).toMatchObject([
      { status: 'NEW', run_id: retried.body.run_id, waited_since_run_id: first.run_id },
    ]);
    expect((await send('POST', `/v1/deferred/${entity}/1/retry`)).status).toBe(404);
  });
});
