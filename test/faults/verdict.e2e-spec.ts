import { ask } from '../support/databases';
import { ask as askMoodle } from '../support/moodle/ask';
import { addUser } from '../support/moodle/seed';
import { type College, PushService } from '../support/push';
import { drain, fill, sceneOf, senderOf } from './college-records';
import type { Sender } from './sender';
import { faultsOf } from './verdict';

let push: PushService;
let college: College;
let sender: Sender;
beforeAll(async () => {
  push = await PushService.start(12);
});
beforeEach(async () => {
  college = push.next();
  sender = senderOf(college);
  await fill(sender);
  await sender.change('students', 's1', 's2');
  await drain(college);
});
afterAll(() => push.close());

const verdict = () => faultsOf(sceneOf(college), sender.ledger);

it('finds nothing where nothing is wrong', async () => {
  expect(await verdict()).toEqual([]);
});

it.each([
  ['a user whose newest version is not in Moodle', 'students', 's1', /of its user Moodle has V\[2\]/],
  ['a course', 'programs', 'p1', /of its course Moodle has V\[1\]/],
  ['a section and a group', 'classes', 'p1c1', /of its section Moodle has V\[1\]/],
  ['an enrolment', 'enrollments', 'p1c1:s1', /of its enrolment Moodle has V\[1\]/],
] as const)('finds %s', async (_what, entity, id, fault) => {
  await sender.change(entity, id);
  expect(await verdict()).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
});

it('finds two users of one student', async () => {
  addUser(college.moodle.site, { username: 'double', idnumber: 's3', firstname: 'V1' });
  expect(await verdict()).toEqual([
    expect.stringMatching(/s3 is stored as V1; .*V\[1,1\]/),
    expect.stringMatching(/doubled/),
  ]);
});

it('finds a user who is gone, and with the user the rest', async () => {
  await askMoodle(college.moodle, 'core_user_delete_users', { userids: [college.made.user('s2')?.id] });
  expect(await verdict()).toEqual([
    expect.stringMatching(/s2 is stored as V2; of its user Moodle has V\[\]/),
    expect.stringMatching(/enrolment/),
    expect.stringMatching(/membership/),
  ]);
});

it('finds a version that was acknowledged and is not stored', async () => {
  await ask('DELETE FROM student WHERE tenant_id = $1 AND zoho_id = $2', [college.tenant, 's1']);
  expect(await verdict()).toContain('lost: students s1 V2 is not stored');
});

it('finds an older version in the place of a newer one, and that it has come to that', async () => {
  await ask(`UPDATE student SET first_name = 'V1' WHERE tenant_id = $1 AND zoho_id = 's1'`, [college.tenant]);
  await ask(
    `UPDATE change_record SET changes = '{"first_name":{"before":"V3","after":"V2"}}'
     WHERE tenant_id = $1 AND zoho_id = 's1' AND status = 'UPDATED'`,
    [college.tenant],
  );
  expect(await verdict()).toEqual([
    'stale: students s1 is stored as V1, V2 was acknowledged',
    'students s1 is stored as V1; of its user Moodle has V[2]',
    'students s1 went from V3 to V2',
  ]);
});

it('finds a replay that is not the answer given, and none', async () => {
  await ask(`UPDATE idempotency_key SET answer = answer || ' ' WHERE tenant_id = $1 AND key = 'request 1'`, [
    college.tenant,
  ]);
  await ask(`DELETE FROM idempotency_key WHERE tenant_id = $1 AND key = 'request 2'`, [college.tenant]);
  expect(await verdict()).toEqual([
    expect.stringMatching(/^request 1 is replayed as/),
    expect.stringMatching(/^request 2 is replayed as.*STALE/),
  ]);
});

it('finds an answer that promises nothing', async () => {
  const { ledger } = sender;
  const request = ledger.next('students', ['s1']);
  ledger.acknowledge(request, '{"results":[{"status":"ERROR","message":"x"}]}');
  expect(await verdict()).toEqual(expect.arrayContaining([expect.stringMatching(/s1 V3: .*ERROR/)]));
});
