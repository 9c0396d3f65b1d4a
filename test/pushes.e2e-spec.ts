import { ApiDescription, type ApiDocument } from './support/api-description';
import type { Answer } from './support/app';
import { OMAR } from './support/canary/people';
import { ask as askMoodle } from './support/moodle/ask';
import { answersException } from './support/moodle/faults';
import { addUser } from './support/moodle/seed';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';

let push: PushService;
let college: College;
let api: ApiDescription;
beforeAll(async () => {
  push = await PushService.start(20);
  api = new ApiDescription((await push.service.get<ApiDocument>('/openapi.json')).body);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

interface Push {
  push_id: string;
  kind: string;
  zoho_id: string;
  state: string;
  reason: string | null;
}
interface Page {
  data: Push[];
  next_cursor: string | null;
}

const get = <T = object>(path: string): Promise<Answer<T>> => push.service.get<T>(path, college.tenant);
const post = <T = object>(path: string, body?: object): Promise<Answer<T>> =>
  push.service.send<T>('POST', path, {
    headers: { 'X-Tenant-ID': college.tenant },
    ...(body && { body: JSON.stringify(body) }),
  });
/** One student whose address Moodle cannot take, and one that arrives. */
async function oneOfTwo(): Promise<void> {
  await college.sync('students', student('s1', { Academic_Email: 'a+b@c.example' }), student('s2'));
  await college.push();
}

describe('the list of pushes', () => {
  it('tells of each thing in Moodle how it stands, page by page and by what is asked', async () => {
    await oneOfTwo();
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', enrollment('e1', 's2', 'c1'));
    await college.push();
    const all = await get<Page>('/v1/admin/pushes');
    const kinds = ['course', 'enrolment', 'group', 'membership', 'section', 'user', 'user'];
    expect(all.body.data.map(({ kind }) => kind).toSorted()).toEqual(kinds);
    expect(all.body.data.find(({ kind }) => kind === 'membership')).toMatchObject({
      entity: 'students',
      zoho_id: 's2',
      within: [
        { entity: 'classes', zoho_id: 'c1' },
        { entity: 'programs', zoho_id: 'p1' },
      ],
    });
    const first = await get<Page>('/v1/admin/pushes?limit=4');
    const rest = await get<Page>(`/v1/admin/pushes?limit=4&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...rest.body.data]).toEqual(all.body.data);
    const failed = await get<Page>('/v1/admin/pushes?state=failed&entity=students&reason=username_unusable');
    expect(failed.body.data).toMatchObject([{ zoho_id: 's1', state: 'failed' }]);
    expect((await get<Page>('/v1/admin/pushes?reason=other')).body.data).toEqual([]);
    const refused = [await get('/v1/admin/pushes?state=lost'), await get('/v1/admin/pushes?reason=a%20b')];
    expect(refused.map(({ status }) => status)).toEqual([422, 422]);
    expect([all, first, rest, failed, ...refused].flatMap((answer) => api.faults('listPushes', answer))).toEqual([]);
  });

  it('is the tenant’s own', async () => {
    await oneOfTwo();
    const { body } = await get<Page>('/v1/admin/pushes?state=failed');
    const other = push.next();
    const foreign = await push.service.get<Page>('/v1/admin/pushes', other.tenant);
    expect(foreign.body.data).toEqual([]);
    const retried = await push.service.send('POST', `/v1/admin/pushes/${body.data[0]?.push_id}/retry`, {
      headers: { 'X-Tenant-ID': other.tenant },
    });
    expect(retried.status).toBe(404);
  });
});

describe('a push that failed', () => {
  const failed = async (): Promise<Push | undefined> => (await get<Page>('/v1/admin/pushes?state=failed')).body.data[0];

  it('is tried again when somebody has put it right in Moodle and says so', async () => {
    const { site } = college.moodle;
    const [wrong, right] = ['a', 'b'].map((username) => addUser(site, { username, idnumber: 's1' }));
    await college.sync('students', student('s1'));
    await college.push();
    const { push_id: id } = (await failed()) ?? {};
    site.users.change(wrong?.id ?? 0, { idnumber: '' });
    const answer = await post<Push>(`/v1/admin/pushes/${id}/retry`);
    expect(answer.body).toMatchObject({ state: 'wanted', push_id: id });
    await college.push();
    expect(await college.targets('user')).toMatchObject([{ state: 'pushed', moodle_id: String(right?.id) }]);
    const missing = [await post('/v1/admin/pushes/x/retry'), await post(`/v1/admin/pushes/${id}1/retry`)];
    expect(missing.map(({ status }) => status)).toEqual([404, 404]);
    expect([answer, ...missing].flatMap((one) => api.faults('retryPush', one))).toEqual([]);
  });

  it('can be tried again with all that failed for the same reason', async () => {
    await college.sync(
      'students',
      ...['s1', 's2', 's3'].map((id) => student(id, { Academic_Email: `${id}+@c.example` })),
    );
    await college.push();
    const none = await post('/v1/admin/pushes/retry?reason=conflict');
    const some = await post('/v1/admin/pushes/retry?reason=username_unusable&entity=students');
    expect([none.body, some.body]).toEqual([{ retried: 0 }, { retried: 3 }]);
    expect([none, some].flatMap((one) => api.faults('retryPushes', one))).toEqual([]);
  });

  it('is not the only one that can be tried again: all that is pushed is looked at in Moodle when that is asked for', async () => {
    const { site } = college.moodle;
    await college.sync('students', student('s1'), student('s2'));
    await college.settle();
    expect((await post('/v1/admin/pushes/retry')).body).toEqual({ retried: 0 });
    const [first, second] = college.made.users.map(({ id }) => id);
    // Moodle was restored from a backup: one is as it once was, the other is not there yet.
    site.users.change(first ?? 0, { firstname: 'Before' });
    await askMoodle(college.moodle, 'core_user_delete_users', { userids: [second] });
    expect((await post('/v1/admin/pushes/retry?state=pushed')).body).toEqual({ retried: 2 });
    await college.settle();
    expect(college.made.users).toMatchObject([{ firstname: OMAR.firstName }, { firstname: OMAR.firstName }]);
    expect((await college.targets()).map(({ state }) => state)).toEqual(['pushed', 'pushed']);
  });

  it('can be ignored with a note, whatever changes, until it is retried', async () => {
    await oneOfTwo();
    const { push_id: id } = (await failed()) ?? {};
    const answer = await post<Push>(`/v1/admin/pushes/${id}/ignore`, { note: 'by hand' });
    expect(answer.body).toMatchObject({ state: 'ignored', note: 'by hand' });
    await college.sync('students', { id: 's1', Academic_Email: 'fine@c.example' });
    await college.push();
    expect(college.made.users).toHaveLength(1);
    const refused = [
      await post(`/v1/admin/pushes/${id}/ignore`, {}),
      await post('/v1/admin/pushes/x/ignore', { note: 'x' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([422, 404]);
    await post(`/v1/admin/pushes/${id}/retry`);
    await college.push();
    expect(college.made.users).toHaveLength(2);
    expect([answer, ...refused].flatMap((one) => api.faults('ignorePush', one))).toEqual([]);
  });
});

describe('a row that is read', () => {
  it('tells how it stands in Moodle', async () => {
    await oneOfTwo();
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', enrollment('e1', 's2', 'c1'));
    await college.push();
    const { users, courses, groups } = college.made;
    const moodle = async (entity: string, id: string) =>
      (await get<{ moodle: object }>(`/v1/${entity}/${id}`)).body.moodle;
    const pushed = (id: number | undefined) => ({ moodle_id: id, state: 'pushed', reason: null });
    expect(await moodle('students', 's2')).toMatchObject({ user: pushed(users[0]?.id) });
    expect(await moodle('students', 's1')).toMatchObject({ user: { moodle_id: null, state: 'failed' } });
    expect(await moodle('programs', 'p1')).toMatchObject({ course: pushed(courses[0]?.id) });
    expect(await moodle('classes', 'c1')).toMatchObject({
      section: pushed(courses[0]?.sections[1]?.id),
      group: pushed(groups[0]?.id),
    });
    expect(await moodle('enrollments', 'e1')).toMatchObject({
      enrolment: { state: 'pushed' },
      membership: { state: 'pushed' },
    });
    const list = await get<{ data: { moodle: object }[] }>('/v1/students?expand=program');
    expect(list.body.data).toMatchObject([{ moodle: { user: {} } }, { moodle: { user: {} } }]);
    expect(api.faults('listStudents', list)).toEqual([]);
    expect(api.faults('readEnrollment', await get('/v1/enrollments/e1'))).toEqual([]);
  });
});

describe('the push as a whole', () => {
  it('counts its calls at /metrics, by function and outcome', async () => {
    const failing = { of: 'core_user_create_users' };
    college.moodle.fail(answersException('a-code-of-a-plug-in'), failing);
    await college.sync('students', { id: 's1', Academic_Email: 'a@c.example', Display_Name: 'A B' });
    await college.push();
    const { body, headers } = await push.service.get<string>('/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=/);
    expect(body).toContain('moodle_call_items_total{function="core_user_create_users",outcome="other"} 1\n');
    expect(body).toMatch(
      /moodle_call_duration_seconds_count\{function="core_webservice_get_site_info",outcome="ok"\} \d/,
    );
    expect(body).not.toContain(college.moodle.token);
  });

  it('can be paused and resumed; what changes meanwhile is kept', async () => {
    const before = await get('/v1/admin/moodle');
    expect(before.body).toMatchObject({ enabled: true, layout: 'program-course', paused: null, pushes: { pushed: 0 } });
    const paused = await post('/v1/admin/moodle/pause', { note: 'upgrade' });
    expect(paused.body).toMatchObject({ paused: { by: 'person', message: 'upgrade' } });
    await oneOfTwo();
    expect(college.moodle.calls).toEqual([]);
    const resumed = await post('/v1/admin/moodle/resume');
    expect(resumed.body).toMatchObject({ paused: null, pushes: { wanted: 2 } });
    await college.push();
    const after = await get('/v1/admin/moodle');
    expect(after.body).toMatchObject({ pushes: { pushed: 1, failed: 1 } });
    expect([before, after].flatMap((one) => api.faults('readMoodle', one))).toEqual([]);
    expect([paused, await post('/v1/admin/moodle/pause')].flatMap((one) => api.faults('pauseMoodle', one))).toEqual([]);
    expect(api.faults('resumeMoodle', resumed)).toEqual([]);
  });

  it('is checked without changing anything', async () => {
    const { moodle } = college;
    const check = async () => await get<{ ok: boolean; findings: { code: string }[] }>('/v1/admin/moodle/check');
    const before = moodle.site.contents();
    const fine = await check();
    expect(fine.body).toMatchObject({ ok: true, site: { name: 'Moodle 5.1 test' }, findings: [] });
    moodle.takeAwayFunction('core_group_create_groups');
    moodle.configure({ maxInputVars: 500, version: '2025041400', assignableRoles: [5] });
    const ill = await check();
    expect(ill.body.ok).toBe(false);
    expect(ill.body.findings.map(({ code }) => code).toSorted()).toEqual([
      'functions_missing',
      'max_input_vars',
      'maxsections',
      'role',
    ]);
    for (const capability of ['moodle/user:create', 'moodle/user:update', 'enrol/manual:enrol'] as const) {
      moodle.configure({ maxInputVars: 1_000 });
      moodle.takeAwayCapability(capability);
      const message = expect.stringContaining(capability) as string;
      expect((await check()).body.findings).toContainEqual({ severity: 'error', code: 'nopermissions', message });
      moodle.giveCapability(capability);
    }
    await college.profile({ moodle: { layout: 'class-course' } });
    moodle.configure({ assignableRoles: [3, 5] });
    expect((await check()).body).toMatchObject({ ok: true, findings: [] });
    moodle.revokeToken();
    const locked = await check();
    expect(locked.body).toMatchObject({ ok: false, site: null, findings: [{ code: 'invalidtoken' }] });
    expect(moodle.site.contents()).toEqual(before);
    expect([fine, ill, locked].flatMap((one) => api.faults('checkMoodle', one))).toEqual([]);
    const none = await push.service.get('/v1/admin/moodle/check', 'nobody');
    expect(none.body).toMatchObject({ ok: false, findings: [{ code: 'no_site' }] });
  });
});
