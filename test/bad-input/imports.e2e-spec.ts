import type { ProblemCode } from '../../src/request/problem';
import type { ImportReport } from '../../src/import/import-report';
import { newTenant } from '../support/app';
import { BODIES } from './bodies';
import { routeOf } from './routes';
import { ACCEPTED, REFUSED } from './texts';
import { codeIn, expectUnharmed, type TriedAnswer, TriedService } from './tried-service';

let service: TriedService;
let tenant: string;
beforeAll(async () => {
  service = await TriedService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.end());

const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
const take = (body: string | Uint8Array, type: string): Promise<TriedAnswer> => {
  const headers = [['Content-Type', type] as const, ['X-Tenant-ID', tenant] as const];
  const route = routeOf('POST', '/v1/import/{entity}');
  return service.try(route, { method: 'POST', path: '/v1/import/programs', headers, body });
};
const reportIn = ({ body }: TriedAnswer): ImportReport => body as ImportReport;
const good = (n: number): string => JSON.stringify({ id: `good${n}`, Product_Name: 'HND' });

it('every bad body as a line of NDJSON spoils no other line', async () => {
  const lines = BODIES.filter(({ headers, isLarge }) => !headers && !isLarge)
    .map(({ body }) => Buffer.from(body))
    .filter((bytes) => !bytes.includes('\n') && !bytes.includes('\r') && bytes.length < 1_000_000);
  const file = lines.flatMap((line, n) => [line, Buffer.from(`\n${good(n)}\n`)]);
  const answer = await take(Buffer.concat(file), NDJSON);
  const { summary } = reportIn(answer);
  expect([answer.faults, summary.ERROR]).toEqual([[], 0]);
  expect(lines.length).toBeGreaterThan(200);
  expect(summary.NEW).toBeGreaterThanOrEqual(lines.length);
  for (let n = 0; n < lines.length; n += 1) {
    expect([n, (await service.stored('programs', `good${n}`, tenant))['name']]).toEqual([n, 'HND']);
  }
});

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

it('every text as a cell of CSV comes back trimmed and in NFC, byte for byte, or its row is refused', async () => {
  const rows = ACCEPTED.map(([, text], n) => `p${n},HND,${cell(text)}`);
  const refused = REFUSED.filter(([, text]) => text.length < 200_000 && text.isWellFormed());
  const bad = refused.map(([, text], n) => `bad${n},HND,${cell(text)}`);
  const answer = await take(['id,Product_Name,Description', ...rows, ...bad].join('\n'), CSV);
  expect(answer.faults).toEqual([]);
  expect(reportIn(answer).summary).toMatchObject({ NEW: rows.length, INVALID: bad.length, ERROR: 0 });
  for (const [n, [name, , expected]] of ACCEPTED.entries()) {
    const { description } = await service.stored('programs', `p${n}`, tenant);
    expect([name, description]).toEqual([name, expected]);
  }
});

/** A file of CSV: the problem, or how many of its rows are applied. */
const FILES: readonly (readonly [name: string, file: string, expected: ProblemCode | number])[] = [
  ['nothing', '', 'EMPTY_BODY'],
  ['white space', ' \n \r\n', 'EMPTY_BODY'],
  ['a byte-order mark', '\ufeff', 'EMPTY_BODY'],
  ['no column for the id', 'Product_Name\nHND', 'CSV_HEADER_INVALID'],
  ['a column without a name', 'id,,Product_Name\n1,2,3', 'CSV_HEADER_INVALID'],
  ['a column twice', 'id,Product_Name,Product_Name\n1,2,3', 'CSV_HEADER_INVALID'],
  ['2,001 columns', `id${Array.from({ length: 2_000 }, (_none, n) => `,c${n}`).join('')}\n1`, 'CSV_HEADER_INVALID'],
  ['JSON', '[{"id":"p1"}]', 'CSV_HEADER_INVALID'],
  ['HTML', '<html><body></body></html>', 'CSV_HEADER_INVALID'],
  ['a header that does not end', `"${'x'.repeat(2_000_000)}`, 'CSV_NOT_READABLE'],
  ['a quote that is left open', `id,Product_Name\n1,"${'x\n'.repeat(1_000_000)}`, 'CSV_NOT_READABLE'],
  ['a header alone', 'id,Product_Name', 0],
  ['names that every object has', 'id,Product_Name,__proto__,constructor,toString\n1,HND,a,b,c', 1],
  ['names as our columns', 'id,Product_Name,tenant_id,fingerprint,_record\n1,HND,a,b,c', 1],
  ['formulas', 'id,Product_Name\n1,=1+1\n2,@SUM(1)\n3,-1\n4,+1', 4],
  ['rows too short and too long', 'id,Product_Name\n1\n2,HND\n3,HND,x', 1],
  ['quotes in the middle', 'id,Product_Name\n1,a"b"c\n2,"a""b"\n3,HND', 3],
  ['NUL in a cell', 'id,Product_Name\n1,a\0b\n2,HND', 1],
  ['NUL in the header', 'id,Product_\0Name,Product_Name\n1,a,HND', 1],
  ['carriage returns alone', 'id,Product_Name\r1,HND\r2,HND', 2],
  ['an id in every spelling', 'id,Product_Name\n7,HND\n 7 ,HND\n"7",HND', 1],
  ['100,000 empty rows', `id,Product_Name\n${',\n'.repeat(100_000)}1,HND`, 1],
];

it.each(FILES)('a file of CSV: %s', async (_name, file, expected) => {
  const answer = await take(file, CSV);
  expect(answer.faults).toEqual([]);
  if (typeof expected === 'string') expect(codeIn(answer)).toBe(expected);
  else expect(reportIn(answer).summary).toMatchObject({ NEW: expected, ERROR: 0 });
});

it('afterwards the service is as it was', () => expectUnharmed(service));
