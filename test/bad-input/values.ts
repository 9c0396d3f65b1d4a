/** What a field is sent, and what is stored of it; the word INVALID: its record is refused, and told why. */
export type ValueCase = readonly [sent: unknown, stored: string | null | readonly []];

/** A field under one of Zoho's names, and its canonical name. */
export interface ValuesOf {
  readonly entity: string;
  readonly alias: string;
  readonly field: string;
  /** a usable record without the field */
  readonly record: Readonly<Record<string, unknown>>;
  readonly cases: readonly ValueCase[];
}

const refused = (...values: unknown[]): ValueCase[] => values.map((value) => [value, 'INVALID']);
const cleared = (...values: unknown[]): ValueCase[] => values.map((value) => [value, null]);

/** Shapes that no single value has. */
const SHAPES = [true, false, [], [1], {}, { a: 1 }, [[]], [{}], { id: 'p1' }, ['2026-01-01'], [null], { value: '1' }];
/** Long enough that a pattern which looks back would never end. */
const LONG = [
  ['a', '1', '0', ' ', '-', '.', ',', '@', '$', '{', '${!', '(', '[{"', '\\', '\u0301', '1,', '1.', 'a@', 'é'],
  ['🎓', '2026-'],
]
  .flat()
  .map((piece) => piece.repeat(Math.ceil(100_000 / piece.length)));

const DATES: readonly ValueCase[] = [
  ['2003-04-17', '2003-04-17'],
  [' 2003-04-17 ', '2003-04-17'],
  ['2003-04-17T23:59:59+14:00', '2003-04-17'],
  ['2003-04-17T00:00:00-12:00', '2003-04-17'],
  ['2003-04-17 10:00', '2003-04-17'],
  ['2003-04-17T10:00:00.123456789Z', '2003-04-17'],
  ['2024-02-29', '2024-02-29'],
  ['2000-02-29', '2000-02-29'],
  ['0001-01-01', '0001-01-01'],
  ['9999-12-31', '9999-12-31'],
  ...cleared(null, '', '  '),
  ...refused('2003-02-30', '2003-02-29', '1900-02-29', '2003-00-10', '2003-13-01', '2003-04-31', '2003-04-00'),
  ...refused('0000-01-01'),
  ...refused('17/04/2003', '04/17/2003', '17.04.2003', '17-04-2003', '2003/04/17', '20030417', '2003-4-17', '2003-04'),
  ...refused('2003', 2003, 20030417, 1050537600, 1050537600000, -1, 0, 1.5, 1e21, '+002003-04-17', '-2003-04-17'),
  ...refused(
    '12003-04-17',
    '2003-04-17T24:00:00Z',
    '2003-04-17T10:60',
    '2003-04-17T10:00:61',
    '2003-04-17T10:00+15:00',
  ),
  ...refused('2003-04-17T10:00+01:60', '2003-04-17x', 'x2003-04-17', '2003-W16-4', '2003-107', 'today', 'tomorrow'),
  ...refused('now'),
  ...refused('infinity', '-infinity', 'epoch', '2003-04-17 BC', '２００３-０４-１７', '٢٠٠٣-٠٤-١٧', '2003‑04‑17'),
  ...refused('2003−04−17'),
  ...refused('2003-04-17\0', '2003-04-\ud800', "2003-04-17'; --", 'Invalid date', 'NaN', 'null'),
  ...refused('2003-04-17\n2003-04-18'),
  ...refused(...SHAPES, ...LONG.filter((text) => text.trim() !== '')),
];

const MONEY: readonly ValueCase[] = [
  ['4200', '4200'],
  [4200, '4200'],
  ['4,200.00', '4200'],
  [' 4200.50 ', '4200.5'],
  ['1,234,567.89', '1234567.89'],
  ['-15', '-15'],
  ['+15', '15'],
  ['-0', '0'],
  [-0, '0'],
  [0, '0'],
  ['0.00', '0'],
  ['007', '7'],
  ['£4,200', '4200'],
  ['4200 €', '4200'],
  ['-$15', '-15'],
  ['₺ 15', '15'],
  [1e3, '1000'],
  ['1.5e3', '1500'],
  ['1e-3', '0.001'],
  [0.1, '0.1'],
  [1e-7, '0.0000001'],
  ['12345678901234567890', '12345678901234567890'],
  ['0.1234567891', '0.1234567891'],
  ...cleared(null, '', ' '),
  ...refused('199,99', '1.299,00', '1,29', '1,2345', '12,34,567', '1 299', '1’299', '1_299', '1..5', '1.', '.5'),
  ...refused('.', ','),
  ...refused('-', '+', '--1', '+-1', '1-', '(15)', '15%', '1/2', '0x10', '0b1', '1n', 'twelve', 'free', 'NaN'),
  ...refused('Infinity'),
  ...refused('-Infinity', '1e400', '1e-400', '1e', 'e5', '1e5e5', '1e999999999', '£', '£££5', 'USD 5', '5 USD'),
  ...refused('５', '٥', '½', '²'),
  ...refused(
    '123456789012345678901',
    '0.12345678912',
    '9'.repeat(400),
    1e21,
    1e308,
    Number.MAX_VALUE,
    5e-324,
    '1\0',
    '1\ud800',
  ),
  ...refused('1; select 1', "1'", '=1+1', '1\n2', 'null', 'true', 1e-11),
  ...refused(...SHAPES, ...LONG.filter((text) => text.trim() !== '')),
];

const INTEGERS: readonly ValueCase[] = [
  ['3', '3'],
  [3, '3'],
  ['3.0', '3'],
  ['1,000', '1000'],
  ['1e3', '1000'],
  [0, '0'],
  ...cleared(null, ''),
  ...refused('-1', -1, '1.5', 1.5, '1/2', 'first', '1st', 'III', '1e400', '123456789012345678901', '1e-1', ...SHAPES),
];

const SCORES: readonly ValueCase[] = [
  [0, '0'],
  [100, '100'],
  ['71.5', '71.5'],
  ['100.0000000000', '100'],
  ...cleared(null, ' '),
  ...refused(-1, 101, '100.0000000001', '-0.0000000001', '71,5', 'A', 'Pass', '1e400', '99999999999999999999'),
  ...refused(...SHAPES),
];

const EMAILS: readonly ValueCase[] = [
  ['omar@college.example', 'omar@college.example'],
  [' Omar.Kaya+x@College.Example ', 'Omar.Kaya+x@College.Example'],
  ["o'kaya@college.example", "o'kaya@college.example"],
  ['kayá@college.example', 'kay\u00e1@college.example'],
  ['kaya\u0301@college.example', 'kay\u00e1@college.example'],
  [`${'a'.repeat(64)}@college.example`, `${'a'.repeat(64)}@college.example`],
  ...cleared(null, '', ' '),
  ...refused('omar', '@', 'omar@', '@college.example', 'omar@@college.example', 'omar@college', 'omar@college.'),
  ...refused('a@b@c.example'),
  ...refused(
    'omar@.example',
    'omar@college..example',
    '.omar@college.example',
    'omar.@college.example',
    'o..k@college.example',
  ),
  ...refused('omar kaya@college.example', 'omar@college .example', 'omar@-college.example', 'omar@college-.example'),
  ...refused('Omar <omar@college.example>', 'mailto:omar@college.example', 'omar@college.example,b@college.example'),
  ...refused('omar@[127.0.0.1]', 'omar@127.0.0.1', 'omar@localhost', `${'a'.repeat(65)}@college.example`, 'none'),
  ...refused('N/A', '-'),
  ...refused(
    `omar@${'a'.repeat(64)}.example`,
    `omar@${'a.'.repeat(130)}example`,
    'omar@college.example\r\nBcc: b@c.example',
  ),
  ...refused(
    'omar\u200b@college.example',
    'omar@college.example\u202e',
    'omar\u00ad@college.example',
    'omar@college.example\0',
  ),
  ...refused(
    'omar@college.example\ud800',
    '"omar"@college .example',
    'omar@college_x.example',
    'omar@collège@x.example',
    7,
    0,
  ),
  ...refused(...SHAPES, ...LONG.filter((text) => text.trim() !== '')),
];

/** Text as it comes: who calls with it is for people to know. */
const PHONES: readonly ValueCase[] = [
  ['+905550100002', '+905550100002'],
  ['  0090 555 010 00 02 ', '0090 555 010 00 02'],
  [5550100002, '5550100002'],
  ['(0555) 010-0002 ext. 7', '(0555) 010-0002 ext. 7'],
  ['＋９０', '＋９０'],
  ['call me', 'call me'],
  [0, '0'],
  ['x'.repeat(512), 'x'.repeat(512)],
  ...cleared(null, '', '\u00a0'),
  ...refused(
    'x'.repeat(513),
    '\0',
    '+90\ud800',
    ...SHAPES,
    ...LONG.filter((text) => text.trim() !== '' && !text.startsWith('${!')),
  ),
];

const LOOKUPS: readonly ValueCase[] = [
  [{ id: 'p1', name: 'HND' }, 'p1'],
  [{ name: 'HND', id: 'p1' }, 'p1'],
  [{ id: 123 }, '123'],
  [{ id: 'p1', name: null, extra: [{}] }, 'p1'],
  ['p1', 'p1'],
  [123, '123'],
  [0, '0'],
  ['5725767000003000064', '5725767000003000064'],
  [[{ id: 'p1' }], 'p1'],
  [['p1'], 'p1'],
  ['{"id":"p1","name":"HND"}', 'p1'],
  ['[{"id":"p1"}]', 'p1'],
  ['"p1"', 'p1'],
  ['{"id":5725767000003000064}', '5725767000003000064'],
  ['a.b:c_d-e', 'a.b:c_d-e'],
  ...cleared(null, '', ' ', {}, [], '{}', '[]', 'null', '""', [null], [{}]),
  ...refused(
    { name: 'HND' },
    { id: null },
    { id: '' },
    { id: ' ' },
    { id: {} },
    { id: [] },
    { id: ['p1'] },
    { id: { id: 'p1' } },
  ),
  ...refused(
    { ID: 'p1' },
    { id: true },
    [{ id: 'p1' }, { id: 'p2' }],
    ['p1', 'p2'],
    [['p1']],
    [[{ id: 'p1' }]],
    [[]],
    true,
    false,
  ),
  ...refused(-1, 1.5, 1e21, 'a b', 'a/b', '../p1', 'p1?x=1', 'p1#', 'p%31', 'é', 'p1\0', 'p1\ud800', '‮p1'),
  ...refused('x'.repeat(65), "p1'; --", '{"id":', '{id:p1}', '[', '{"name":"HND"}', `{"id":"${'x'.repeat(65)}"}`, {
    id: -1,
  }),
  ...refused({ id: '../..' }, '['.repeat(5_000), '{"a":'.repeat(1_900), { toString: 'p1' }, [1, 2, 3]),
  ...refused(...LONG.filter((text) => text.trim() !== '' && !text.startsWith('${!'))),
];

/** What becomes of a field is judged by its first row. */
const SUBFORMS: readonly ValueCase[] = [
  ...[null, '', [], '[]', 'null'].map((none): ValueCase => [none, []]),
  ...refused({}, true, 1, 'x', '{', '[', '{}', [1], [null], [[]], ['x'], [[{ LO_Code: 'P1' }]], '[1]', '[[]]', [{}, 1]),
  ...refused(
    [{ LO_Code: {} }],
    [{ LO_Code: ['P1'] }],
    [{ LO_Code: 'x'.repeat(513) }],
    [{ LO_Code: '\0' }],
    [{ LO_Code: '\ud800' }],
  ),
  ...refused(
    Array(1_001).fill({ LO_Code: 'P1' }),
    `[${'{},'.repeat(1_000)}{}]`,
    '['.repeat(900),
    ...LONG.filter((text) => text.trim() !== ''),
  ),
];

/** A tag that Zoho did not fill in counts as missing. */
const MERGE_TAGS: readonly ValueCase[] = [
  '${!BTEC_Students.City}',
  ' ${!a} ',
  'in ${!City} or so',
  '${! }',
  `\${!${'x'.repeat(200)}}`,
].map((tag) => [tag, null]);

const STUDENT = { Display_Name: 'Omar Kaya', Academic_Email: 'value@college.example' };

export const VALUES: readonly ValuesOf[] = [
  { entity: 'students', alias: 'Birth_Date', field: 'birth_date', record: STUDENT, cases: DATES },
  { entity: 'programs', alias: 'Program_Price', field: 'price', record: { Product_Name: 'HND' }, cases: MONEY },
  {
    entity: 'payments',
    alias: 'Installment_No',
    field: 'installment_no',
    record: { Registration_ID: 'r1', Payment_Amount: 1 },
    cases: INTEGERS,
  },
  { entity: 'grades', alias: 'Score', field: 'score', record: { Student: 's1', Grade: 'Pass' }, cases: SCORES },
  {
    entity: 'grades',
    alias: 'Learning_Outcomes_Assessm',
    field: 'outcomes',
    record: { Student: 's1', Grade: 'Pass' },
    cases: SUBFORMS,
  },
  { entity: 'teachers', alias: 'Email', field: 'email', record: { Name: 'Dr. Elif Yildiz' }, cases: EMAILS },
  { entity: 'students', alias: 'Phone_Number', field: 'phone', record: STUDENT, cases: PHONES },
  { entity: 'students', alias: 'Program', field: 'program', record: STUDENT, cases: LOOKUPS },
  { entity: 'students', alias: 'City', field: 'city', record: STUDENT, cases: MERGE_TAGS },
];

/** Ids of records: what they are read as; `INVALID`: no record has such an id. */
export const IDS: readonly ValueCase[] = [
  ['p1', 'p1'],
  [' p1 ', 'p1'],
  [7, '7'],
  [0, '0'],
  [-0, '0'],
  [9007199254740991, '9007199254740991'],
  ['5725767000003000064', '5725767000003000064'],
  ['a.b:c_d-E', 'a.b:c_d-E'],
  ['..', '..'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ...refused(null, '', ' ', true, false, [], {}, ['p1'], { id: 'p1' }, [[]], -1, 1.5, 1e21, 1e308),
  ...refused('a b', 'a/b', '/', '../p1', 'a%2Fb', '%', 'a?b', 'a#b', 'a\\b', 'a;b', "a'b", 'a"b', 'a<b', 'é', '１'),
  ...refused('🎓', 'a\u200bb'),
  ...refused(
    'a\nb',
    'a\r\nb',
    'a\tb',
    'a\0',
    '\0',
    'a\ud800',
    '\u202ea',
    'x'.repeat(65),
    'x'.repeat(100_000),
    '${!Products.Id}',
  ),
  ...refused('a,b', '{"id":"p1"}', '["p1"]', 'p1 p2', 'id=p1'),
];

/** Ids of 16 digits and more as numbers of JSON, which a double would change. */
export const LONG_NUMBERS: readonly (readonly [json: string, id: string | null])[] = [
  ['5725767000003000064', '5725767000003000064'],
  ['5725767000003000010', '5725767000003000010'],
  ['9007199254740993', '9007199254740993'],
  ['18446744073709551616', '18446744073709551616'],
  ['1234567890123456789012345', '1234567890123456789012345'],
  ['-5725767000003000064', '-5725767000003000064'],
  ['-0', '0'],
  ['1e3', '1000'],
  ['1e400', null],
  ['-1e400', null],
  ['1.5', null],
  ['5725767000003000064.5', '5725767000003000064.5'],
  ['5725767000003000064e1', '5725767000003000064e1'],
  [`1${'0'.repeat(63)}`, `1${'0'.repeat(63)}`],
  [`1${'0'.repeat(64)}`, null],
];
