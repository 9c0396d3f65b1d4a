import type { SyncReport } from '../src/sync/sync-report';
import { UpkeepService } from '../src/upkeep/upkeep.service';
import { type Answer, newTenant, type Row, statusesOf, TestService } from './support/app';
import { ask, withOwnDatabase } from './support/databases';
import { eventually } from './support/eventually';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

interface Waiting {
  entity: string;
  zoho_id: string;
  state: string;
  missing: { field: string; zoho_id: string; reason: string }[];
  errors: { code: string }[];
  run_id: string;
  attempts: number;
  since: string;
  updated_at: string;
}

const sync = (entity: string, ...data: object[]): Promise<SyncReport> => service.sync(entity, { data }, { tenant });
const program = (id = 'p1') => ({ id, Name: 'HND' });
const student = (id = 's1') => ({ id, Display_Name: 'Omar', Academic_Email: `${id}@c.example` });
const courseClass = (id = 'c1', rest = {}) => ({ id, Class_Name: 'Programming', ...rest });
const enrollment = (id = 'e1', rest = {}) => ({ id, Student: 's1', Class: 'c1', ...rest });
const deferred = async (query = ''): Promise<Waiting[]> =>
  (await service.get<{ data: Waiting[] }>(`/v1/deferred${query}`, tenant)).body.data;
const stored = async (entity: string, id: string): Promise<boolean> =>
  (await service.get(`/v1/${entity}/${id}`, tenant)).status === 200;
const row = (entity: string, id: string): Promise<Row> => service.row(entity, id, tenant);
const send = <T>(method: string, path: string): Promise<Answer<T>> =>
  service.send<T>(method, path, { headers: { 'X-Tenant-ID': tenant } });
const tick = (): Promise<void> => service.app.get(UpkeepService).keepUp(tenant);

describe('a record whose parents are missing', () => {
  it('is SKIPPED with the first one’s reason and all of them, waits, and is applied when the last one comes', async () => {
    const first = await sync('enrollments', enrollment());
    expect(first.results).toEqual([
      {
        zoho_enrollment_id: 'e1',
        status: 'SKIPPED',
        message: expect.stringContaining('student s1, class c1') as string,
        reason: 'student_not_synced_yet',
        missing: [
          { field: 'student', zoho_id: 's1', reason: 'student_not_synced_yet' },
          { field: 'class', zoho_id: 'c1', reason: 'class_not_synced_yet' },
        ],
        deferred: true,
      },
    ]);
    expect(await deferred()).toMatchObject([
      { entity: 'enrollments', zoho_id: 'e1', state: 'waiting', run_id: first.run_id },
    ]);
    expect(await sync('students', student())).not.toHaveProperty('released');
    expect(await deferred()).toMatchObject([{ missing: [{ field: 'class' }] }]);
    const last = await sync('classes', courseClass());
    expect(last.released).toBe(1);
    expect(await row('enrollments', 'e1')).toMatchObject({ student: 's1', class: 'c1', deleted_at: null });
    expect(await deferred()).toEqual([]);
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data).toMatchObject([
      { status: 'NEW', run_id: last.run_id, waited_since_run_id: first.run_id },
    ]);
    expect((await service.get(`/v1/runs/${last.run_id}`, tenant)).body).toMatchObject({ released: 1 });
  });

  it('waits in a chain: the one that comes last sets all of them free', async () => {
    await sync('payments', { id: 'pay1', Registration: 'r1', Amount: 5 });
    await sync('registrations', { id: 'r1', Student: 's1', Program: 'p1' });
    await sync('enrollments', enrollment());
    await sync('classes', courseClass('c1', { Program: 'p1' }));
    await sync('students', student());
    expect((await deferred()).map(({ zoho_id: id }) => id)).toEqual(['c1', 'e1', 'pay1', 'r1']);
    expect((await sync('programs', program())).released).toBe(4);
    expect(await deferred()).toEqual([]);
    expect(await stored('payments', 'pay1')).toBe(true);
    expect(await stored('enrollments', 'e1')).toBe(true);
  });

  it('asks for nothing that it does not name', async () => {
    await sync('students', student());
    expect(statusesOf(await sync('classes', courseClass()))).toEqual(['NEW']);
    expect(statusesOf(await sync('grades', { id: 'g1', Student: 's1', Grade: 'P' }))).toEqual(['NEW']);
  });

  it('is merged with what comes later: what a newer one leaves out stays, an older one is STALE', async () => {
    const at = (hour: number) => ({ Modified_Time: `2026-02-14T${hour}:00:00Z` });
    await sync('enrollments', enrollment('e1', { Status: 'Active', Enrollment_Type: 'Normal', ...at(10) }));
    const [first] = await deferred();
    const newer = await sync('enrollments', { id: 'e1', Status: 'Withdrawn', ...at(12) });
    expect(newer.results[0]).toMatchObject({ status: 'SKIPPED', deferred: true });
    expect(statusesOf(await sync('enrollments', enrollment('e1', { Status: 'Late', ...at(11) })))).toEqual(['STALE']);
    const [waits] = await deferred();
    expect(waits).toMatchObject({ zoho_id: 'e1', run_id: newer.run_id, since: first?.since });
    expect(waits?.updated_at).not.toBe(first?.updated_at);
    await sync('students', student());
    await sync('classes', courseClass());
    expect(await row('enrollments', 'e1')).toMatchObject({
      status: 'Withdrawn',
      type: 'Normal',
      version: '2026-02-14T12:00:00.000Z',
    });
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data).toHaveLength(1);
  });

  it('is not needed any longer when a newer one names another parent', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    await sync('enrollments', enrollment());
    expect(statusesOf(await sync('enrollments', { id: 'e1', Class: 'c2', Status: 'Active' }))).toEqual(['SKIPPED']);
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c1', status: null });
    const back = await sync('enrollments', { id: 'e1', Class: 'c1' });
    expect(back.results[0]).toMatchObject({
      status: 'UPDATED',
      changes: { status: { before: null, after: 'Active' } },
    });
    expect(await deferred()).toEqual([]);
    expect(await sync('classes', courseClass('c2'))).not.toHaveProperty('released');
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c1' });
  });

  it('never waits with something older than its row', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    const at = (hour: number) => ({ Modified_Time: `2026-02-14T${hour}:00:00Z` });
    await sync('enrollments', enrollment('e1', at(10)));
    await sync('enrollments', enrollment('e1', { Class: 'c2', ...at(11) }));
    // As a request would leave it that did not see what waits.
    await ask(`UPDATE enrollment SET version = '2026-02-14T12:00:00Z' WHERE tenant_id = $1`, [tenant]);
    await sync('classes', courseClass('c2'));
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c1' });
    expect(await deferred()).toEqual([]);
  });

  it('is left out by a dry run, which says that it would wait', async () => {
    const report = await service.sync('enrollments', { data: [enrollment()] }, { tenant, query: '?dryRun=true' });
    expect(statusesOf(report)).toEqual(['SKIPPED']);
    expect(await deferred()).toEqual([]);
  });

  it('that is INVALID does not wait', async () => {
    const report = await sync('enrollments', enrollment('e1', { Start_Date: '02/02/2026' }), { id: 'e2', Class: 'c1' });
    expect(statusesOf(report)).toEqual(['INVALID', 'INVALID']);
    expect(await deferred()).toEqual([]);
  });

  it('that is deleted while it waits is deleted', async () => {
    await sync('enrollments', enrollment());
    expect(statusesOf(await sync('enrollments', { id: 'e1', operation: 'delete' }))).toEqual(['DELETED']);
    expect(await deferred()).toEqual([]);
    await sync('students', student());
    await sync('classes', courseClass());
    expect(await row('enrollments', 'e1')).toMatchObject({ deleted_at: expect.any(String) as string });
  });

  it('finds its parent in the same request’s batch of another entity later, and its own twin in the same batch', async () => {
    await sync('students', student());
    await sync('classes', courseClass('c2'));
    const report = await sync('enrollments', enrollment(), enrollment('e1', { Class: 'c2' }));
    expect(statusesOf(report)).toEqual(['SKIPPED', 'NEW']);
    expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c2' });
    expect(await deferred()).toEqual([]);
  });
});

describe('a deleted parent', () => {
  it('keeps its children, and lets new ones wait until it is restored', async () => {
    await sync('students', student());
    await sync('classes', courseClass());
    await sync('enrollments', enrollment());
    await sync('students', { id: 's1', operation: 'delete' });
    expect(statusesOf(await sync('enrollments', { id: 'e1', Status: 'Withdrawn' }))).toEqual(['UPDATED']);
    const report = await sync('enrollments', enrollment('e2'));
    expect(report.results[0]).toMatchObject({ status: 'SKIPPED', reason: 'student_deleted' });
    const restored = await sync('students', student());
    expect(restored).toMatchObject({ released: 1, summary: { UPDATED: 1 } });
    expect(await stored('enrollments', 'e2')).toBe(true);
  });
});

describe('parents and children at the same time', () => {
  it('find each other in every interleaving', async () => {
    for (let round = 0; round < 40; round += 1) {
      tenant = newTenant();
      await sync('classes', courseClass());
      await Promise.all([sync('enrollments', enrollment()), sync('students', student())]);
      expect(await stored('enrollments', 'e1')).toBe(true);
      expect(await deferred()).toEqual([]);
    }
  });

  it('find each other when two parents arrive at once', async () => {
    for (let round = 0; round < 40; round += 1) {
      tenant = newTenant();
      await sync('enrollments', enrollment(), enrollment('e2'));
      const reports = await Promise.all([sync('classes', courseClass()), sync('students', student())]);
      expect(await stored('enrollments', 'e1')).toBe(true);
      expect(await deferred()).toEqual([]);
      expect(reports.reduce((sum, { released = 0 }) => sum + released, 0)).toBeGreaterThanOrEqual(2);
      const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
      expect(history.body.data).toHaveLength(1);
    }
  });

  it('lose no newer version that comes while an older one is released', async () => {
    for (let round = 0; round < 20; round += 1) {
      tenant = newTenant();
      await sync('classes', courseClass());
      await sync('enrollments', enrollment('e1', { Status: 'Active', Modified_Time: '2026-02-14T10:00:00Z' }));
      await Promise.all([
        sync('students', student()),
        sync('enrollments', enrollment('e1', { Status: 'Withdrawn', Modified_Time: '2026-02-14T11:00:00Z' })),
      ]);
      expect(await row('enrollments', 'e1')).toMatchObject({ status: 'Withdrawn' });
      expect(await deferred()).toEqual([]);
    }
  });

  it('lose no update of a row whose waiting change is released at the same time', async () => {
    for (let round = 0; round < 40; round += 1) {
      tenant = newTenant();
      await sync('students', student());
      await sync('classes', courseClass());
      await sync('enrollments', enrollment('e1', { Status: 'a' }));
      await sync('enrollments', enrollment('e1', { Class: 'c2', Status: 'b' }));
      await Promise.all([sync('classes', courseClass('c2')), sync('enrollments', { id: 'e1', Status: 'a' })]);
      expect(await row('enrollments', 'e1')).toMatchObject({ class: 'c2', status: 'a' });
      expect(await deferred()).toEqual([]);
    }
  });

  it('20,000 children of one parent: 1,000 before its answer, the rest behind it, each once', async () => {
    await sync('classes', courseClass());
    for (const half of [0, 1]) {
      const batch = Array.from({ length: 10_000 }, (_none, n) => enrollment(`e${half * 10_000 + n}`));
      expect((await sync('enrollments', ...batch)).summary).toMatchObject({ SKIPPED: 10_000 });
    }
    const report = await sync('students', student());
    expect(report).toMatchObject({ released: 1_000, releasing: true });
    await eventually(async () => expect(await deferred('?limit=1')).toEqual([]));
    const counts = await ask(
      `SELECT (SELECT count(*)::int FROM enrollment WHERE tenant_id = $1) AS rows,
              (SELECT count(*)::int FROM change_record WHERE tenant_id = $1 AND entity = 'enrollment') AS changes,
              (SELECT released FROM run WHERE tenant_id = $1 AND id = $2) AS released`,
      [tenant, report.run_id],
    );
    expect(counts).toEqual([{ rows: 20_000, changes: 20_000, released: 20_000 }]);
  });
});

describe('what waits', () => {
  it('can be listed by entity and state, page by page', async () => {
    await sync('enrollments', enrollment('e1'), enrollment('e2'), enrollment('e3'));
    await sync('payments', { id: 'pay1', Registration: 'r1', Amount: 5 });
    expect(await deferred('?entity=payments')).toMatchObject([{ entity: 'payments', zoho_id: 'pay1' }]);
    expect(await deferred('?state=expired')).toEqual([]);
    const ids: string[] = [];
    let query = '?limit=3';
    for (let more = true; more;) {
      const { body } = await service.get<{ data: Waiting[]; next_cursor: string | null }>(
        `/v1/deferred${query}`,
        tenant,
      );
      ids.push(...body.data.map(({ zoho_id: id }) => id));
      more = body.next_cursor !== null;
      query = `?limit=3&cursor=${body.next_cursor}`;
    }
    expect(ids).toEqual(['e1', 'e2', 'e3', 'pay1']);
    for (const wrong of ['?state=lost', '?entity=A', '?cursor=x', '?limit=0', '?estate=waiting']) {
      expect((await service.get(`/v1/deferred${wrong}`, tenant)).status).toBe(422);
    }
    expect((await service.get<{ data: [] }>('/v1/deferred', newTenant())).body.data).toEqual([]);
  });

  it('can be given up, and does not come back', async () => {
    await sync('enrollments', enrollment());
    expect((await send('DELETE', '/v1/deferred/enrollments/e1')).status).toBe(204);
    for (const gone of ['enrollments/e1', 'enrollments/%00', 'nothing/e1']) {
      expect((await send('DELETE', `/v1/deferred/${gone}`)).status).toBe(404);
    }
    await sync('students', student());
    await sync('classes', courseClass());
    expect(await stored('enrollments', 'e1')).toBe(false);
  });

  it('can be tried at once, which tells what it still waits for', async () => {
    await sync('enrollments', enrollment());
    const retried = await send('POST', '/v1/deferred/enrollments/e1/retry');
    expect(retried).toMatchObject({ status: 200, body: { released: 0, deferred: { missing: [{}, {}] } } });
    expect((await send('POST', '/v1/deferred/enrollments/e9/retry')).status).toBe(404);
  });

  it('is found by the sweep when its parent came without a word', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment());
    await ask(
      `INSERT INTO class (tenant_id, id, zoho_id, fingerprint, last_sync, name) VALUES ($1, gen_random_uuid(), 'c1', 'x', now(), 'C')`,
      [tenant],
    );
    await tick();
    expect(await stored('enrollments', 'e1')).toBe(true);
    const runs = await service.get<{ data: object[] }>('/v1/runs', tenant);
    expect(runs.body.data[0]).toMatchObject({ kind: 'sweep', entity: null, released: 1 });
  });

  it('expires into a visible list after its days, and can still be tried', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment('e1'), enrollment('e2'));
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1 AND zoho_id = 'e1'`, [
      tenant,
    ]);
    await tick();
    expect(await deferred('?state=expired')).toMatchObject([{ zoho_id: 'e1', missing: [{ zoho_id: 'c1' }] }]);
    expect((await sync('classes', courseClass())).released).toBe(1);
    expect(await stored('enrollments', 'e1')).toBe(false);
    const retried = await send('POST', '/v1/deferred/enrollments/e1/retry');
    expect(retried.body).toMatchObject({ released: 1, deferred: null });
    expect(await stored('enrollments', 'e1')).toBe(true);
  });

  it('that turns out INVALID when its parents have come is listed as rejected', async () => {
    await service.send('PUT', `/v1/admin/tenants/${tenant}/profile`, {
      body: JSON.stringify({ entities: { students: { dependencies: { program: 'require' } } } }),
    });
    await sync('students', { ...student(), Program: 'p1' });
    await sync('students', { ...student('s2'), Academic_Email: 'S1@c.example' });
    expect(await sync('programs', program())).not.toHaveProperty('released');
    expect(await deferred('?state=rejected')).toMatchObject([{ zoho_id: 's1', errors: [{ code: 'DUPLICATE_DATA' }] }]);
    await sync('students', { id: 's2', Academic_Email: 'other@c.example' });
    expect((await send('POST', '/v1/deferred/students/s1/retry')).body).toMatchObject({ released: 1, deferred: null });
    expect(await row('students', 's1')).toMatchObject({ program: 'p1' });
  });

  it('is replaced when its record comes anew, also from the lists of what is past', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment('e1', { Status: 'Old' }));
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1`, [tenant]);
    await tick();
    await sync('enrollments', enrollment('e1', { Enrollment_Type: 'New' }));
    expect(await deferred()).toMatchObject([{ zoho_id: 'e1', state: 'waiting' }]);
    await sync('classes', courseClass());
    expect(await row('enrollments', 'e1')).toMatchObject({ type: 'New', status: null });
    expect(await deferred()).toEqual([]);
  });

  it('and is past goes when its record is applied anew, and stays when that is INVALID', async () => {
    await sync('students', student());
    await sync('enrollments', enrollment());
    await ask(`UPDATE deferred_record SET since = since - interval '31 days' WHERE tenant_id = $1`, [tenant]);
    await tick();
    await sync('enrollments', enrollment('e1', { Start_Date: 'x' }));
    expect(await deferred('?state=expired')).toHaveLength(1);
    await sync('classes', courseClass());
    await sync('enrollments', enrollment());
    expect(await deferred()).toEqual([]);
  });
});

describe('a record that could not be stored', () => {
  it('is ERROR, waits, and is tried again', async () => {
    await sync('students', student());
    await ask(`ALTER TABLE grade ADD CONSTRAINT no_grade CHECK (grade <> 'broken ' || tenant_id)`);
    const broken = { id: 'g1', Student: 's1', Grade: `broken ${tenant}` };
    const report = await sync('grades', broken, { id: 'g2', Student: 's1', Grade: 'P' });
    expect(report.results).toMatchObject([
      { status: 'ERROR', deferred: true, errors: [{ code: 'NOT_STORED' }] },
      { status: 'NEW' },
    ]);
    expect(await deferred()).toMatchObject([{ entity: 'grades', zoho_id: 'g1', state: 'failed', attempts: 1 }]);
    const due = `UPDATE deferred_record SET next_try_at = now() WHERE tenant_id = $1`;
    await ask(due, [tenant]);
    await tick();
    expect(await deferred()).toMatchObject([{ zoho_id: 'g1', state: 'failed', attempts: 2 }]);
    await ask('ALTER TABLE grade DROP CONSTRAINT no_grade');
    await tick();
    expect(await stored('grades', 'g1')).toBe(false);
    await ask(due, [tenant]);
    await tick();
    expect(await row('grades', 'g1')).toMatchObject({ grade: `broken ${tenant}` });
    expect(await deferred()).toEqual([]);
  });
});

describe('runs', () => {
  it('tell what came, from whom, and what became of each record; UNCHANGED ones are counted', async () => {
    await sync('programs', program('p1'), program('p2'));
    const report = await service.sync(
      'programs',
      { source: 'zoho_products', data: [program('p1'), { id: 'p2', Name: 'New' }, { id: 'p3' }, { Name: 'no id' }] },
      { tenant, headers: { 'X-Request-Id': 'req-7', 'Idempotency-Key': 'key-7' } },
    );
    const { body } = await service.get(`/v1/runs/${report.run_id}`, tenant);
    expect(body).toMatchObject({
      run_id: report.run_id,
      kind: 'sync',
      entity: 'programs',
      source: 'zoho_products',
      request_id: 'req-7',
      idempotency_key: 'key-7',
      summary: report.summary,
      released: 0,
      results: [
        { zoho_id: 'p2', status: 'UPDATED' },
        { zoho_id: 'p3', status: 'INVALID', errors: [{ field: 'name' }] },
        { zoho_id: null, status: 'INVALID' },
      ],
    });
    const list = await service.get<{ data: { run_id: string; results?: unknown }[] }>('/v1/runs?limit=1', tenant);
    expect(list.body.data).toMatchObject([{ run_id: report.run_id }]);
    expect(list.body.data[0]).not.toHaveProperty('results');
    expect((await service.get<{ data: [] }>('/v1/runs?entity=students', tenant)).body.data).toEqual([]);
    expect((await service.get<{ data: [] }>('/v1/runs?entity=programs', tenant)).body.data).toHaveLength(2);
    for (const id of ['x', '0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a21', '%00']) {
      expect((await service.get(`/v1/runs/${id}`, tenant)).status).toBe(404);
    }
    expect((await service.get(`/v1/runs/${report.run_id}`, newTenant())).status).toBe(404);
  });

  it('and changes are forgotten after their days, in portions', async () => {
    await sync('programs', program());
    const old = await sync('programs', { id: 'p1', Name: 'Older' });
    await ask(`UPDATE run SET received_at = now() - interval '91 days' WHERE tenant_id = $1 AND id = $2`, [
      tenant,
      old.run_id,
    ]);
    await ask(
      `UPDATE change_record SET recorded_at = now() - interval '731 days' WHERE tenant_id = $1 AND status = 'NEW'`,
      [tenant],
    );
    await ask(
      `INSERT INTO run (tenant_id, id, kind, received_at, summary, results, released)
       SELECT $1, gen_random_uuid(), 'sweep', now() - interval '91 days', '{}', '[]', 0 FROM generate_series(1, 2500)`,
      [tenant],
    );
    await tick();
    expect((await service.get<{ data: [] }>('/v1/runs', tenant)).body.data).toHaveLength(1);
    const history = await service.get<{ data: object[] }>('/v1/programs/p1/history', tenant);
    expect(history.body.data).toMatchObject([{ status: 'UPDATED', source: null }]);
  });
});

describe('references', () => {
  it('are answered with the row on request', async () => {
    await sync('programs', program());
    await sync('students', { ...student(), Program: 'p1' });
    await sync('classes', courseClass());
    await sync('enrollments', enrollment('e1', { BTEC_Program: 'p9' }));
    const { body } = await service.get<Record<string, unknown>>(
      '/v1/enrollments/e1?expand=student,class,program',
      tenant,
    );
    expect(body).toMatchObject({
      student: 's1',
      expanded: { student: { zoho_id: 's1', program: 'p1' }, class: { zoho_id: 'c1' }, program: null },
    });
    const page = await service.get<{ data: object[] }>('/v1/enrollments?expand=student', tenant);
    expect(page.body.data).toMatchObject([{ expanded: { student: { zoho_id: 's1' } } }]);
    for (const wrong of ['expand=status', 'expand=', 'expand=student&expand=status', 'expand=tenant_id']) {
      expect((await service.get(`/v1/enrollments?${wrong}`, tenant)).status).toBe(422);
    }
  });

  it('that move are changes, in the answer, the row and the history', async () => {
    await sync('students', student());
    await sync('classes', courseClass('c1'), courseClass('c2'));
    await sync('enrollments', enrollment());
    const report = await sync('enrollments', enrollment('e1', { Class: { id: 'c2' } }));
    const changes = { class: { before: 'c1', after: 'c2' } };
    expect(report.results[0]).toMatchObject({ status: 'UPDATED', changes });
    const history = await service.get<{ data: object[] }>('/v1/enrollments/e1/history', tenant);
    expect(history.body.data[0]).toMatchObject({ changes });
  });
});

it('the round of each minute goes through all tenants, and one that fails does not end it for good', async () => {
  await withOwnDatabase('upkeep', async (url, superuserUrl) => {
    const own = await TestService.start({ DATABASE_URL: url });
    const tenants = [newTenant(), newTenant()];
    for (const name of tenants) await own.sync('enrollments', { data: [enrollment()] }, { tenant: name });
    await ask(`UPDATE deferred_record SET since = since - interval '31 days'`, [], superuserUrl);
    await ask(`ALTER TABLE tenant RENAME TO elsewhere`, [], superuserUrl);
    await own.app.get(UpkeepService).tick();
    await ask(`ALTER TABLE elsewhere RENAME TO tenant`, [], superuserUrl);
    await own.app.get(UpkeepService).tick();
    const lists = tenants.map((name) => own.get<{ data: Waiting[] }>('/v1/deferred?state=expired', name));
    expect((await Promise.all(lists)).map(({ body }) => body.data.length)).toEqual([1, 1]);
    await own.close();
  });
});
