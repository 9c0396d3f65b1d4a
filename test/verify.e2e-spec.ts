import { hash } from 'node:crypto';
import { UpkeepService } from '../src/upkeep/upkeep.service';
import type { Disagreement } from '../src/verify/disagreement';
import { Verification } from '../src/verify/verification';
import { OMAR } from './support/canary/people';
import { ask, createOwnDatabase, type OwnDatabase } from './support/databases';
import { type College, courseClass, enrollment, program, PushService, student } from './support/push';
import { Run } from './support/run';

const COUNT = 36;

let database: OwnDatabase;
let push: PushService;
let college: College;
beforeAll(async () => {
  database = await createOwnDatabase('verify');
  push = await PushService.start(COUNT, { DATABASE_URL: database.url });
});
beforeEach(async () => {
  college = push.next();
  await fill(college);
});
afterAll(async () => {
  await push.close();
  await database.drop();
});

/** Two students in two classes, all of it in Moodle; a teacher; and an enrolment that waits for its class. */
async function fill(of: College): Promise<void> {
  await of.sync('programs', program('p1'));
  await of.sync('teachers', { id: 't1', Name: 'Ada', Academic_Email: 't1@c.example' });
  await of.sync('students', student('s1'), student('s2', { Country: 'Türkiye' }));
  await of.sync('classes', courseClass('c1', { Teacher: 't1' }), courseClass('c2'));
  await of.sync('enrollments', enrollment('e1', 's1', 'c1'), enrollment('e2', 's2', 'c2'));
  await of.sync('enrollments', enrollment('e9', 's1', 'c9'));
  await of.sync('students', { id: 's3', Display_Name: 'Gone', Academic_Email: 's3@c.example' });
  await of.remove('students', 's3');
  await of.settle();
}

/** Changes rows past the service. @param sql with the tenant as $1 */
const change = (sql: string, ...parameters: unknown[]) =>
  ask(sql, [college.tenant, ...parameters], database.superuserUrl);

interface Verified {
  readonly found: readonly Disagreement[];
  readonly undecided: number;
  readonly looked: ReadonlyMap<string, number>;
}

async function verify(): Promise<Verified> {
  const found: Disagreement[] = [];
  const looked = new Map<string, number>();
  let undecided = 0;
  for await (const page of push.service.app.get(Verification).run(college.tenant)) {
    found.push(...page.found);
    undecided += page.undecided ?? 0;
    looked.set(page.check, (looked.get(page.check) ?? 0) + page.count);
  }
  return { found, undecided, looked };
}

const told = async (): Promise<string[]> =>
  (await verify()).found.map(({ check, entity, zohoId, message }) => `${check} ${entity} ${zohoId}: ${message}`);

it('what the service has stored agrees, and all of it is looked at', async () => {
  const { found, undecided, looked } = await verify();
  expect([found, undecided]).toEqual([[], 0]);
  // p1 t1 s1 s2 s3 c1 c2 e1 e2 · each enrolment names two, each class its program · s1 s2, as rows and as claims: a
  // teacher has none
  expect(Object.fromEntries(looked)).toEqual({
    fingerprint: 9,
    reference: 6,
    claim: 4,
    waiting: 1,
    push: (await college.targets()).length,
  });
});

describe('a row', () => {
  it.each([
    ['a value', `UPDATE student SET phone = '1' WHERE tenant_id = $1 AND zoho_id = 's1'`, 'students s1'],
    ['its fingerprint', `UPDATE class SET fingerprint = 'x' WHERE tenant_id = $1 AND zoho_id = 'c1'`, 'classes c1'],
    ['a value of a tombstone', `UPDATE student SET city = 'X' WHERE tenant_id = $1 AND zoho_id = 's3'`, 'students s3'],
    [
      'a field of the profile',
      `UPDATE student SET custom = '{"a":"b"}' WHERE tenant_id = $1 AND zoho_id = 's2'`,
      'students s2',
    ],
  ])('of which %s was changed has no longer its fingerprint', async (_what, sql, who) => {
    await change(sql);
    expect(await told()).toContain(
      `fingerprint ${who}: the row is not what its fingerprint says: it was changed past the service, or damaged`,
    );
  });
});

describe('a row from before a field was added', () => {
  /** The declared fields of that time, in their order. */
  const former = (id: string) =>
    hash('sha256', JSON.stringify([`${id}@College.example`, OMAR.name, ...Array.from({ length: 9 }, () => null)]));
  const put = (id: string) =>
    change(`UPDATE student SET fingerprint = $2 WHERE tenant_id = $1 AND zoho_id = '${id}'`, former(id));

  it('has the fingerprint of its time, until it has a value there', async () => {
    await put('s1');
    expect(await told()).toEqual([]);
    await change(`UPDATE student SET zoho_moodle_id = '7' WHERE tenant_id = $1 AND zoho_id = 's1'`);
    expect((await verify()).found).toMatchObject([{ check: 'fingerprint', zohoId: 's1' }]);
  });
});

it('pages are gone through to their end', async () => {
  const ids = Array.from({ length: 1_100 }, (_none, n) => `n${String(n).padStart(4, '0')}`);
  await college.sync('students', ...ids.map((id) => student(id)));
  await change(
    `UPDATE student SET phone = '1' WHERE tenant_id = $1 AND zoho_id IN ('n0000', 'n0499', 'n0500', 'n1099')`,
  );
  const { found, looked } = await verify();
  expect(looked.get('fingerprint')).toBe(1_109);
  expect(looked.get('claim')).toBe(2 * 1_102);
  expect(found.map(({ zohoId }) => zohoId)).toEqual(['n0000', 'n0499', 'n0500', 'n1099']);
});

describe('a reference', () => {
  it('to what is not stored is told; to a tombstone it is not', async () => {
    await college.remove('students', 's2');
    await college.settle();
    expect(await told()).toEqual([]);
    await change(`DELETE FROM class WHERE tenant_id = $1 AND zoho_id = 'c2'`);
    expect(await told()).toContain(
      'reference enrollments e2: its class c2 is not stored: it was erased, or removed past the service',
    );
  });

  it('that the tenant lets be open is none', async () => {
    await college.profile({ entities: { enrollments: { dependencies: { class: 'ignore' } } } });
    await change(`DELETE FROM class WHERE tenant_id = $1 AND zoho_id = 'c2'`);
    expect((await told()).filter((line) => line.startsWith('reference'))).toEqual([]);
  });
});

describe('a claim', () => {
  it('that is gone leaves a row whose e-mail anybody could have', async () => {
    await change(`DELETE FROM unique_value WHERE tenant_id = $1 AND zoho_id = 's1'`);
    expect(await told()).toEqual(['claim students s1: its academic_email is not its own: nobody has claimed it']);
  });

  it('that is another’s is told from both sides', async () => {
    await change(`UPDATE unique_value SET zoho_id = 's2' WHERE tenant_id = $1 AND zoho_id = 's1'`);
    expect(await told()).toEqual([
      'claim students s1: its academic_email is not its own: the claim is that of s2',
      'claim students s2: its claim is on a value of academic_email that it does not have, and no other can have',
    ]);
  });

  it('of a tombstone keeps the e-mail from others', async () => {
    await change(`INSERT INTO unique_value VALUES ($1, 'student', 's3@c.example', 's3')`);
    expect(await told()).toEqual([
      'claim students s3: its claim is on a value of academic_email that it does not have, and no other can have',
    ]);
  });
});

describe('what waits', () => {
  const one = `WHERE tenant_id = $1 AND entity = 'enrollment' AND zoho_id = 'e9'`;
  it.each([
    [
      'for nobody',
      `UPDATE deferred_record SET missing = '[]' ${one}`,
      ['it waits for nobody', 'whom it waits for and who is to release it are not the same'],
    ],
    [
      'and is found by nobody',
      `DELETE FROM deferred_parent ${one}`,
      ['whom it waits for and who is to release it are not the same'],
    ],
    [
      'for another than it names',
      `UPDATE deferred_record SET carried = carried || '{"class":"c1"}' ${one}`,
      ['it waits for class c9, and names another'],
    ],
    [
      'with nothing in it',
      `UPDATE deferred_record SET state = 'empty' ${one}`,
      ['it waits with nothing in it: the transaction that locked it has left it'],
    ],
    [
      'as nothing that there is',
      `UPDATE deferred_record SET entity = 'lesson' ${one}`,
      ['it waits as a record of an entity that there is not', 'somebody is to release it, and it does not wait'],
    ],
    [
      'in vain, and is still to be released',
      `UPDATE deferred_record SET state = 'expired' ${one}`,
      ['whom it waits for and who is to release it are not the same'],
    ],
    [
      'no longer, and is still to be released',
      `DELETE FROM deferred_record ${one}`,
      ['somebody is to release it, and it does not wait'],
    ],
  ])('%s', async (_how, sql, messages) => {
    await change(sql);
    expect((await verify()).found.map(({ message }) => message).toSorted()).toEqual(messages.toSorted());
  });

  it('though all that it waits for has long been stored', async () => {
    await change(
      `INSERT INTO class (tenant_id, id, zoho_id, fingerprint, last_sync, name) VALUES ($1, gen_random_uuid(), 'c9', 'x', now(), 'C')`,
    );
    const ready = 'waiting enrollments e9: all that it waits for is stored, and nobody has applied it';
    expect(await told()).not.toContain(ready);
    await change(`UPDATE class SET updated_at = now() - interval '10 minutes' WHERE tenant_id = $1 AND zoho_id = 'c9'`);
    expect(await told()).not.toContain(ready);
    await change(`UPDATE deferred_record SET updated_at = now() - interval '10 minutes' ${one}`);
    expect(await told()).toContain(ready);
  });

  it('with something that is older than the row', async () => {
    await college.sync('enrollments', enrollment('e1', 's1', 'c8', { Modified_Time: '2026-03-01T00:00:00Z' }));
    expect(await told()).toEqual([]);
    await change(`UPDATE enrollment SET version = '2026-04-01T00:00:00Z' WHERE tenant_id = $1 AND zoho_id = 'e1'`);
    expect(await told()).toEqual([
      'waiting enrollments e1: what waits is older than its row, and would be applied to it',
    ]);
  });
});

describe('a push', () => {
  const user = `WHERE tenant_id = $1 AND kind = 'user' AND subject = 'student:s1'`;
  it.each([
    [
      'of which something else was pushed',
      `UPDATE push_target SET pushed_digest = 'x' ${user}`,
      ['its user in Moodle is told to be as it should, and the rows say otherwise'],
    ],
    [
      'that has run ahead',
      `UPDATE push_target SET pushed = wanted + 1 ${user}`,
      ['its user has more changes pushed than were wanted'],
    ],
    [
      'that is behind, and not due',
      `UPDATE push_target SET wanted = wanted + 1 ${user}`,
      ['its user has changed since, and is not due'],
    ],
    [
      'that is never tried',
      `UPDATE push_target SET state = 'retrying' ${user}`,
      ['its user is retrying, and is never tried'],
    ],
    [
      'that no hold holds',
      `UPDATE push_target SET state = 'held' ${user}`,
      ['its user is held back, and by no hold that is open'],
    ],
    ['that is gone', `DELETE FROM push_target ${user}`, ['its user is wanted in Moodle, and nobody pushes it']],
    [
      'of a row that was changed',
      `UPDATE student SET first_name = 'Eve', last_name = 'X' WHERE tenant_id = $1 AND zoho_id = 's2'`,
      ['its user in Moodle is told to be as it should, and the rows say otherwise'],
    ],
    [
      'of an attendance that was changed',
      `UPDATE enrollment SET end_date = '2030-01-01' WHERE tenant_id = $1 AND zoho_id = 'e1'`,
      ['its enrolment in program:p1 in Moodle is told to be as it should, and the rows say otherwise'],
    ],
  ])('%s', async (_what, sql, messages) => {
    await change(sql);
    const { found } = await verify();
    expect(found.filter(({ check }) => check === 'push').map(({ message }) => message)).toEqual(
      expect.arrayContaining(messages),
    );
  });

  it('of two records as one thing in Moodle', async () => {
    await change(
      `UPDATE push_target SET moodle_id = (SELECT moodle_id FROM push_target ${user}) WHERE tenant_id = $1 AND subject = 'student:s2' AND kind = 'user'`,
    );
    const [id] = await college.targets('user');
    expect(await told()).toContain(`push students s1: it is the same user ${id?.moodle_id} in Moodle as students s2`);
  });

  it('that changes are on their way to is not judged', async () => {
    await college.sync('students', { id: 's1', First_Name: 'Ada', Last_Name: 'Lovelace' });
    expect(await verify()).toMatchObject({ found: [], undecided: 1 });
    await push.service.app.get(UpkeepService).keepUp(college.tenant);
    await college.settle();
    expect(await verify()).toMatchObject({ found: [], undecided: 0 });
  });
});

describe('npm run verify', () => {
  const run = async (...args: string[]) => {
    const command = new Run(push.folder, { ...push.variables }, ['verify', ...args]);
    return { code: await command.end(), lines: command.output.trimEnd().split('\n') };
  };

  it('tells every disagreement of the tenant in a line, what it has looked at, and ends with 1', async () => {
    const fine = await run('--tenant', college.tenant);
    expect(fine).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(
          /^Looked at 9 rows, 6 references, 4 claims, 1 that wait and \d+ pushes of 1 tenant: all agree\.$/,
        ),
      ],
    });
    await change(`UPDATE student SET city = 'X' WHERE tenant_id = $1`);
    const { code, lines } = await run('--tenant', college.tenant);
    expect([code, lines.length]).toEqual([1, 4]);
    expect(lines[0]).toBe(
      `${college.tenant} | fingerprint | students s1 | the row is not what its fingerprint says: it was changed past the service, or damaged`,
    );
    expect(lines[3]).toMatch(/^Looked at .*: 3 do not agree\.$/);
    const json = await run('--tenant', college.tenant, '--json');
    const entries = json.lines.map((line) => JSON.parse(line) as object);
    expect(json.code).toBe(1);
    expect(entries[0]).toEqual({
      tenant_id: college.tenant,
      check: 'fingerprint',
      entity: 'students',
      zoho_id: 's1',
      message: expect.any(String) as string,
    });
    expect(entries[3]).toMatchObject({ summary: { tenants: 1, looked: { fingerprint: 9 }, disagreements: 3 } });
  });

  it('goes through all tenants', async () => {
    const { code, lines } = await run('--json');
    const summary = JSON.parse(lines.at(-1) ?? '') as { summary: { tenants: number } };
    expect([code, summary.summary.tenants]).toEqual([1, COUNT + 1]);
  });

  it.each([
    [['--tenant', 'nobody'], 'There is no tenant nobody'],
    [['--every'], 'Usage: npm run verify -- [--tenant college] [--json]'],
  ])('%j is told, with exit code 1', async (args, said) => {
    expect(await run(...args)).toEqual({ code: 1, lines: [said] });
  });
});
