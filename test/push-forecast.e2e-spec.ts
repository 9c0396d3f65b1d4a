import { type College, courseClass, enrollment, program, PushService, student } from './support/push';

interface Foreseen {
  readonly results: readonly { readonly status: string }[];
  readonly moodle: {
    readonly calls: readonly { function: string; items: number }[];
    readonly targets: readonly object[];
  };
}

let push: PushService;
let college: College;
beforeAll(async () => {
  push = await PushService.start(20);
});
beforeEach(() => {
  college = push.next();
});
afterAll(() => push.close());

const foresee = async (entity: string, body: object): Promise<Foreseen> => {
  const answer = await college.service.send<Foreseen>('POST', `/v1/sync/${entity}?dryRun=true`, {
    headers: { 'X-Tenant-ID': college.tenant },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.body;
};
const callsOf = ({ moodle }: Foreseen) => moodle.calls.map(({ function: name, items }) => `${name} ${items}`);

/** A student in a class, with everything in Moodle. */
async function oneStudent(): Promise<void> {
  await college.sync('students', student('s1'));
  await college.sync('programs', program('p1'));
  await college.sync('classes', courseClass('c1'), courseClass('c2'));
  await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
  await college.push();
}

describe('a dry run tells which calls it would lead to', () => {
  it('that new users would be made', async () => {
    const foreseen = await foresee('students', { data: [student('s1'), student('s2')] });
    expect(callsOf(foreseen)).toEqual(['core_user_create_users 2']);
    expect(foreseen.moodle.targets).toEqual(
      ['s1', 's2'].map((zoho_id) => ({
        kind: 'user',
        entity: 'students',
        zoho_id,
        within: [],
        state: 'pushed',
        reason: null,
        message: null,
      })),
    );
  });

  it('that a new class becomes a section and a group', async () => {
    await oneStudent();
    const foreseen = await foresee('classes', { data: [courseClass('c3')] });
    expect(callsOf(foreseen)).toEqual([
      'core_courseformat_update_course 1',
      'core_update_inplace_editable 1',
      'core_courseformat_update_course 1',
      'core_group_create_groups 1',
    ]);
  });

  it('that what depends on something new goes along with it, though that has no id yet', async () => {
    await college.sync('students', student('s1'));
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c1', { Status: 'Withdrawn' }));
    await college.push();
    const foreseen = await foresee('enrollments', { data: [enrollment('e1', 's1', 'c1', { Status: 'Active' })] });
    expect(callsOf(foreseen)).toEqual(['enrol_manual_enrol_users 1', 'core_group_add_group_members 1']);
  });

  it('that a change of class moves the membership', async () => {
    await oneStudent();
    const foreseen = await foresee('enrollments', { data: [enrollment('e1', 's1', 'c2')] });
    expect(callsOf(foreseen)).toEqual(['core_group_delete_group_members 1', 'core_group_add_group_members 1']);
  });

  it('that a withdrawal suspends, also when one record is deleted by its route', async () => {
    await oneStudent();
    const withdrawn = await foresee('enrollments', { ids: ['e1'], operation: 'delete' });
    const deleted = await college.service.send<Foreseen>('DELETE', '/v1/enrollments/e1?dryRun=true', {
      headers: { 'X-Tenant-ID': college.tenant },
    });
    expect(callsOf(withdrawn)).toEqual(['enrol_manual_enrol_users 1', 'core_group_delete_group_members 1']);
    expect(callsOf(deleted.body)).toEqual(callsOf(withdrawn));
  });

  it('that what cannot be pushed will fail or wait, and why', async () => {
    const { moodle } = await foresee('students', { data: [student('s1', { Academic_Email: 'a+b@college.example' })] });
    expect(moodle).toMatchObject({ calls: [], targets: [{ state: 'failed', reason: 'username_unusable' }] });
  });

  it('that too many suspensions would be held', async () => {
    const ids = Array.from({ length: 21 }, (_none, n) => `s${n}`);
    await college.sync('students', ...ids.map((id) => student(id)));
    await college.push();
    const data = ids.map((id) => student(id, { Status: 'Withdraw' }));
    const { moodle } = await foresee('students', { data });
    expect(moodle.calls).toEqual([]);
    expect(moodle.targets).toHaveLength(21);
    expect(moodle.targets[0]).toMatchObject({ state: 'held', reason: 'brake' });
    const holds = await college.service.send<{ data: unknown[] }>('GET', '/v1/admin/holds', {
      headers: { 'X-Tenant-ID': college.tenant },
    });
    expect(holds.body.data).toEqual([]);
  });

  it('none of those that are due for other reasons', async () => {
    await college.sync('students', student('s1'));
    await college.push();
    await college.query(
      `UPDATE push_target SET state = 'wanted', pushed_digest = NULL, next_try_at = clock_timestamp() WHERE tenant_id = $1`,
      [college.tenant],
    );
    expect(callsOf(await foresee('students', { data: [student('s2')] }))).toEqual(['core_user_create_users 1']);
  });

  it.each([
    ['is the same as before', 'students', student('s1')],
    ['Moodle is not told', 'students', student('s1', { Phone_Number: '1' })],
    ['is of an entity that is not pushed', 'units', { id: 'u1', Name: 'Unit' }],
  ])('none for what %s', async (_what, entity, record) => {
    await oneStudent();
    expect((await foresee(entity, { data: [record] })).moodle).toEqual({ calls: [], targets: [] });
  });
});

it('a dry run leaves no trace, neither here nor in Moodle', async () => {
  await oneStudent();
  const before = await college.targets();
  const calls = college.moodle.calls.length;
  await foresee('students', { data: [student('s1', { First_Name: 'New', Last_Name: 'Name' }), student('s9')] });
  await college.push();
  expect(await college.targets()).toEqual(before);
  expect(college.moodle.calls).toHaveLength(calls);
});

it('a dry run tells of a target that a worker has in hand, and takes it from nobody', async () => {
  await oneStudent();
  await college.query(
    `UPDATE push_target SET lease = gen_random_uuid(), leased_until = clock_timestamp() + interval '1 hour'
     WHERE tenant_id = $1 AND kind = 'user'`,
    [college.tenant],
  );
  const renamed = student('s1', { First_Name: 'New', Last_Name: 'Name' });
  expect(callsOf(await foresee('students', { data: [renamed] }))).toEqual(['core_user_update_users 1']);
  const [line] = await college.query<{ held: boolean }>(
    `SELECT lease IS NOT NULL AS held FROM push_target WHERE tenant_id = $1 AND kind = 'user'`,
    [college.tenant],
  );
  expect(line).toEqual({ held: true });
});

it('foresees what is then done', async () => {
  const { moodle } = await foresee('students', { data: [student('s1'), student('s2')] });
  await college.sync('students', student('s1'), student('s2'));
  await college.push();
  expect(college.moodle.calls.length).toBeGreaterThan(0);
  expect(moodle.targets).toMatchObject((await college.targets()).map(({ kind, state }) => ({ kind, state })));
});
