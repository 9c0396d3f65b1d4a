import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { newTenant } from './support/app';
import { ask, createOwnDatabase, type OwnDatabase } from './support/databases';
import { eventually } from './support/eventually';
import { countsOf, csv, ndjson, PORTION, students } from './support/imports';
import { Run } from './support/run';

let folder: string;
let database: OwnDatabase;
let tenant: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  await chmod(folder, 0o755);
  database = await createOwnDatabase('import_command');
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const start = (...args: string[]): Run =>
  new Run(folder, { DATABASE_URL: database.url }, ['import', ...args, '--tenant', tenant]);
const run = async (...args: string[]) => {
  const command = start(...args);
  command.input.end();
  return { code: await command.end(), output: command.output };
};
const save = (name: string, text: string | Uint8Array) => writeFile(join(folder, name), text);
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
const isThere = (name: string): boolean => existsSync(join(folder, name));
const counts = () => countsOf(tenant, database.superuserUrl);
const untilStored = (records: number): Promise<void> =>
  eventually(async () => expect((await counts())['students']).toBe(records));

/** The second and the fourth lack their e-mail. */
const withBad = (to: number): Record<string, string>[] =>
  students(to).map((student, n) => (n === 1 || n === 3 ? { ...student, Academic_Email: '' } : student));

it('takes a file of CSV in, and writes the rejected rows so that they can be mended and taken in as they are', async () => {
  await save('a.csv', csv(withBad(5), ';'));
  const first = await run('students', 'a.csv');
  expect(first.output).toMatch(/5 students in .*\/s \(import [0-9a-f-]{36}\)\n +NEW +3\n +INVALID +2\n +rejected +2\n/);
  expect(first.output).toContain('are in a.rejected.csv');
  expect(first.code).toBe(1);
  const rejected = await read('a.rejected.csv');
  expect(rejected).toBe(
    '_record;_status;_reasons;id;Display_Name;Academic_Email\r\n' +
      '2;INVALID;academic_email: academic_email is required;s1;Omar;\r\n' +
      '4;INVALID;academic_email: academic_email is required;s3;Omar;\r\n',
  );
  await save('b.csv', rejected.replace('s1;Omar;', 's1;Omar;s1@c.example').replace('s3;Omar;', 's3;Omar;s3@c.example'));
  const second = await run('students', 'b.csv');
  expect(second.output).toMatch(/2 students in .*\n +NEW +2\n$/);
  expect([second.code, isThere('b.rejected.csv')]).toEqual([0, false]);
  await save('a.csv', csv(students(5), ';'));
  expect(await run('students', 'a.csv')).toMatchObject({ code: 0 });
  expect(isThere('a.rejected.csv')).toBe(false);
});

it('writes rejected rows of any shape as they came', async () => {
  const rows = 'id,Display_Name,Academic_Email\ns0,"Omar, ""O""\nKaya",\ns1\ns2,=1+1,x,y,z\n';
  await save('c.csv', rows);
  await run('students', 'c.csv', '--rejected', 'why.csv');
  const lines = (await read('why.csv')).split('\r\n');
  expect(lines[1]).toBe('1,INVALID,academic_email: academic_email is required,s0,"Omar, ""O""\nKaya",');
  expect(lines[2]).toBe('2,INVALID,"record: the row has 1 cells; the header has 3",s1');
  expect(lines[3]).toBe('3,INVALID,"record: the row has 5 cells; the header has 3",s2,=1+1,x,y,z');
});

it('says so when the rejected rows cannot be written, and goes on when they can', async () => {
  await save('n.csv', csv(withBad(5), ';'));
  const first = await run('students', 'n.csv', '--rejected', 'nowhere/n.csv');
  expect(first).toEqual({
    code: 1,
    output: expect.stringContaining('nowhere/n.csv cannot be written (ENOENT)') as string,
  });
  expect(first.output).not.toContain('    at ');
  const second = await run('students', 'n.csv', '--rejected', 'why-n.csv');
  expect(second.output).toMatch(/5 students in [^]* NEW +3\n +INVALID +2\n +rejected +2\n/);
  expect((await read('why-n.csv')).split('\r\n')).toHaveLength(4);
});

it('writes rejected lines of NDJSON letter for letter, with the reasons before them', async () => {
  await save('d.ndjson', '{"id":5725767000003000064,"Display_Name":"Omar"}\n{"id":\n[]\n{}\n');
  expect((await run('students', 'd.ndjson')).code).toBe(1);
  const lines = (await read('d.rejected.ndjson')).trimEnd().split('\n');
  expect(lines[0]).toBe(
    '{"_record":1,"_status":"INVALID","_reasons":"academic_email: academic_email is required","id":5725767000003000064,"Display_Name":"Omar"}',
  );
  expect(lines.slice(1).map((line) => JSON.parse(line) as object)).toMatchObject([
    { _record: 2, _line: '{"id":' },
    { _record: 3, _line: '[]' },
    { _record: 4, _line: '{}' },
  ]);
});

it('takes packed files and standard input in', async () => {
  await save('e.ndjson.gz', gzipSync(ndjson(students(3))));
  expect(await run('students', 'e.ndjson.gz')).toMatchObject({ code: 0 });
  const piped = start('students', '-', '--format', 'csv');
  piped.input.end(csv(students(6, 3)));
  expect(await piped.end()).toBe(0);
  expect(await counts()).toMatchObject({ students: 6 });
  await save('f.csv.gz', gzipSync(csv(students(3))).subarray(0, 40));
  expect(await run('students', 'f.csv.gz')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/cut off/) as string,
  });
});

it('killed in the middle, it goes on: each record is stored, counted and rejected once', async () => {
  const all = ndjson(withBad(4 * PORTION));
  await save('k.ndjson', all);
  const killed = start('students', '-', '--format', 'ndjson', '--rejected', 'k.rejected.ndjson');
  killed.input.write(all.slice(0, all.indexOf('"s2500"')));
  await untilStored(2 * PORTION - 2);
  await killed.end('SIGKILL');
  const again = await run('students', 'k.ndjson');
  expect(again.output).toMatch(/4000 students in .*, gone on with\)\n +NEW +3998\n +INVALID +2\n/);
  expect(again.code).toBe(1);
  const lines = (await read('k.rejected.ndjson')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['_record'])).toEqual([2, 4]);
  expect(await counts()).toMatchObject({ students: 3_998, changes: 3_998, runs: 4, imports: 1, portions: 0 });
  const [twice] = await ask(
    'SELECT count(*)::int AS n FROM (SELECT zoho_id FROM change_record WHERE tenant_id = $1 GROUP BY 1 HAVING count(*) > 1) AS s',
    [tenant],
    database.superuserUrl,
  );
  expect(twice).toEqual({ n: 0 });
});

it('told to stop, it ends after the portion in hand, and goes on later', async () => {
  const all = ndjson(students(2 * PORTION));
  await save('s.ndjson', all);
  const stopped = start('students', '-', '--format', 'ndjson');
  stopped.input.write(all.slice(0, all.indexOf('"s1500"')));
  await untilStored(PORTION);
  expect(await stopped.end('SIGTERM')).toBe(1);
  expect(stopped.output).toContain('Stopped. The same command goes on from here');
  const again = await run('students', 's.ndjson');
  expect(again).toMatchObject({ code: 0, output: expect.stringContaining('gone on with') as string });
  expect(await counts()).toMatchObject({ students: 2 * PORTION, changes: 2 * PORTION });
});

it('a file that has changed meanwhile is not gone on with, until it is begun anew', async () => {
  const stopped = start('students', '-', '--format', 'ndjson', '--key', 'nightly');
  stopped.input.write(ndjson(students(PORTION)));
  await untilStored(PORTION);
  await stopped.end('SIGKILL');
  await save('n.ndjson', ndjson(students(5)));
  const changed = await run('students', 'n.ndjson', '--key', 'nightly');
  expect(changed).toMatchObject({ code: 1, output: expect.stringContaining('--restart') as string });
  const anew = await run('students', 'n.ndjson', '--key', 'nightly', '--restart');
  expect(anew).toMatchObject({ code: 0, output: expect.stringMatching(/UNCHANGED +5\n/) as string });
});

it('a dry run writes nothing but the file of what would be rejected', async () => {
  await save('g.csv', csv(withBad(3)));
  const { output, code } = await run('students', 'g.csv', '--dry-run');
  expect(output).toMatch(/3 students .*dry run, nothing was written\)\n +NEW +2\n +INVALID +1\n/);
  expect([code, isThere('g.rejected.csv')]).toEqual([1, true]);
  expect(await counts()).toMatchObject({ students: 0, runs: 0, imports: 0 });
});

it('a full file: all that it lacks is in a file, and is deleted when that is told', async () => {
  await save('h.ndjson', ndjson(students(PORTION + 5)));
  await run('students', 'h.ndjson');
  await save('h.ndjson', ndjson(students(2)));
  const told = await run('students', 'h.ndjson', '--full');
  expect(told).toMatchObject({ code: 0, output: expect.stringMatching(/missing +1003\n +deleted +0\n/) as string });
  expect((await read('h.missing.csv')).split('\r\n')).toHaveLength(PORTION + 5);
  const refused = await run('students', 'h.ndjson', '--full', '--delete-missing', '1002');
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('Nothing was deleted: 1003') as string });
  const deleted = await run('students', 'h.ndjson', '--full', '--delete-missing', '1003');
  expect(deleted).toMatchObject({ code: 0, output: expect.stringMatching(/deleted +1003\n/) as string });
});

it.each([
  [['students'], /^An entity and a file are needed\nUsage: /m],
  [['students', 'x.csv', '--surprise'], /--surprise[^]*\nUsage: /],
  [['students', 'x.txt'], /add --format csv or --format ndjson\nUsage: /],
  [['students', 'x.csv', '--format', 'xml'], /--format is csv or ndjson/],
  [['students', 'x.csv', '--delete-missing', '5'], /--delete-missing is for a file that is --full/],
  [['students', 'x.csv', '--full', '--delete-missing', 'all'], /the most records that may be deleted/],
  [['students', 'none.csv'], /There is no such file/],
  [['students', 'own.csv', '--rejected', 'own.csv'], /--rejected names the file that is read/],
  [
    ['nobody', 'own.csv'],
    /There are: classes, enrollments, grades, payments, programs, registrations, students, teachers, units/,
  ],
])('tells what is wrong with %j, with exit code 1', async (args, message) => {
  await save('own.csv', 'id,Phone\ns1,1\n');
  const { code, output } = await run(...args);
  expect(output).toMatch(message);
  expect(code).toBe(1);
  expect(await read('own.csv')).toBe('id,Phone\ns1,1\n');
});
