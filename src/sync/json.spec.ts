import { parseJson } from './json';

it('keeps every digit of long numbers, anywhere, and leaves short ones numbers', () => {
  const text =
    '{"id":5725767000003000064,"a":[-5725767000003000010, 1.2345678901234567],"n":12,"s":"5725767000003000064","e":1e3}';
  expect(parseJson(text)).toEqual({
    ok: true,
    value: {
      id: '5725767000003000064',
      a: ['-5725767000003000010', '1.2345678901234567'],
      n: 12,
      s: '5725767000003000064',
      e: 1000,
    },
  });
});

it('is not misled by digits, quotes and brackets inside strings', () => {
  const value = { text: 'say "1234567890123456789 [[[" \\', next: 1 };
  expect(parseJson(JSON.stringify(value))).toEqual({ ok: true, value });
  expect(parseJson(JSON.stringify({ a: '{'.repeat(100) }))).toMatchObject({ ok: true });
});

it.each([
  ['', 1, 1],
  ['{"a":1', 1, 7],
  ['{\n"a": x}', 2, 6],
  ['[1,2,]', 1, 6],
  ['[1]]', 1, 4],
  ['"abc', 1, 1],
  ['{"a":1}\n\n}', 3, 1],
  ['[01]', 1, 3],
])('says where %j is malformed', (text, line, column) => {
  expect(parseJson(text)).toEqual({ ok: false, problem: 'malformed', place: { line, column } });
});

it('refuses what is nested deeper than 32 levels, before it is parsed', () => {
  expect(parseJson('['.repeat(32) + ']'.repeat(32))).toMatchObject({ ok: true });
  expect(parseJson('['.repeat(33) + ']'.repeat(33))).toEqual({ ok: false, problem: 'too-deep' });
  expect(parseJson('{"a":'.repeat(200_000))).toEqual({ ok: false, problem: 'too-deep' });
});

it.each([
  ['brackets that a broken string hides', `["\n${'['.repeat(100_000)}`],
  ['brackets after closing ones', `[${'}'.repeat(100_000)},${'['.repeat(100_000)}`],
  ['a number of two points', '[1.2.3456789012345678]'],
  ['a number that begins with 0', '[01234567890123456789]'],
  ['a number without a fraction', '[1234567890123456789.]'],
])('stays malformed: %s', (_name, text) => {
  expect(parseJson(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/malformed|too-deep/) as string });
});

it('takes a number of six million digits for text', () => {
  const digits = '9'.repeat(6_000_000);
  expect(parseJson(`{"n":${digits}}`)).toEqual({ ok: true, value: { n: digits } });
});
