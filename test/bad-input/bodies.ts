import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ProblemCode } from '../../src/request/problem';
import type { Status } from '../../src/sync/outcome';

/** A body for the route of programs: the problem that it is answered with, or what becomes of its records. */
export interface BodyCase {
  readonly name: string;
  readonly expected: ProblemCode | readonly Status[];
  readonly body: string | Uint8Array;
  readonly headers?: Record<string, string>;
  /** takes so long to send that it is not sent to every route */
  readonly isLarge?: boolean;
}

type Line = readonly [name: string, body: string | Uint8Array, headers?: Record<string, string>];

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const GOOD = '{"id":"good","Product_Name":"HND"}';
const nameOf = (text: string): string => JSON.stringify(text.length > 48 ? `${text.slice(0, 48)}…` : text);
const alike = (expected: BodyCase['expected'], bodies: readonly string[]): BodyCase[] =>
  bodies.map((body) => ({ name: nameOf(body), expected, body }));
const cases = (expected: BodyCase['expected'], lines: readonly Line[]): BodyCase[] =>
  lines.map(([name, body, headers]) => ({ name, expected, body, ...(headers && { headers }) }));
const large = (of: readonly BodyCase[]): BodyCase[] => of.map((one) => ({ ...one, isLarge: true }));
const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(' ', ''), 'hex');

const MALFORMED = alike(
  'MALFORMED_JSON',
  [
    ['{', '}', '[', ']', '[[', '{"', '{"id"', '{"id":', '{"id":"p1"', '{"id":"p1"]', '[{"id":"p1"}', '[{"id":"p1"}}'],
    ['{"id":"p1",}', '{"data":[{"id":"p1"},]}', '{,}', '[,]', '[1,,2]', '{"id" "p1"}', '{"id"::"p1"}'],
    ['{"a":1 "b":2}'],
    ["{'id':'p1'}", '{id:"p1"}', '{"id":`p1`}', '{"id":"p1";"Name":"x"}', '{"id"="p1"}', '{"id":("p1")}'],
    ['NaN', '{"id":NaN}', '{"id":Infinity}', '{"id":-Infinity}', '{"id":undefined}', '{"id":None}', '{"id":True}'],
    ['{"id":0x1}', '{"id":01}', '{"id":+1}', '{"id":.5}', '{"id":1.}', '{"id":1e}', '{"id":--1}', '{"id":1_000}'],
    ['{"id":1n}', '{"id":tru}', '{"id":nul}', '{"id":-}', '{"id":5725767000003000064a}', '{"id":1234567890123456.}'],
    ['{"id":-01234567890123456789}', '{"id":12345678901234567890e}', '{"id":1.5.5}', '{"id":1e5e5}'],
    ['{"id":"p1"}{"id":"p2"}', '{"id":"p1"} x', '{"id":"p1"}]', '{"id":"p1"},', '{"id":"p1"}\n{"id":"p2"}'],
    ['"unfinished', '"', '{"id":"\\x41"}', '{"id":"\\u12"}', '{"id":"\\"}', '{"id":"\\', '{"id":"\\ud8"}'],
    ['{"id":"a\nb"}', '{"id":"a\tb"}', '{"id":"a\0b"}', '\0', '\0\0\0\0', '{"id":"p1"}\0', '\u200b', '\x1b[31m{}'],
    ['// a comment\n{"id":"p1"}', '/* a comment */{"id":"p1"}', '{"id":"p1"/**/}', '#{"id":"p1"}', '{"id":"p1"}//'],
    ['\ufeff\ufeff{"id":"p1"}', '{\ufeff"id":"p1"}', '\u00a0{"id":"p1"}', '{\u2028"id":"p1"}', '{“id”:“p1”}'],
    ['<data><id>p1</id></data>', '<!doctype html><html></html>', 'id: p1', '- id: p1', 'id=p1&Product_Name=HND'],
    ['a:1:{s:2:"id";s:2:"p1";}', 'data=[{"id":"p1"}]', ")]}',\n{}", '%7B%22id%22%3A%22p1%22%7D', 'undefined', 'p1'],
  ].flat(),
);

const EMPTY = alike('EMPTY_BODY', ['', ' ', '\r\n\t ', '\ufeff', '\ufeff \n', '\u00a0', '\u3000\u2003', '{}', ' { } ']);

const INVALID_UTF_8 = [
  ['ff', 'fe', 'fffe', 'feff', 'fefeffff', 'c0 80', 'c0 af', 'c1 bf', 'e0 80 80', 'e0 80 af', 'e0 9f bf'],
  ['f0 80 80 80', 'f0 8f bf bf', 'f4 90 80 80', 'f5 80 80 80', 'f8 88 80 80 80', 'fc 84 80 80 80 80', '80', 'bf'],
  ['c3', 'c3 28', 'e2 82', 'e2 28 a1', 'e2 82 28', 'f0 9f 98', 'f0 28 8c bc', 'f0 90 28 bc', 'f0 28 8c 28', 'e9'],
  ['ed a0 80', 'ed ad bf', 'ed b0 80', 'ed bf bf', 'ed a0 bd ed b8 80'],
].flat();
const ENCODINGS = cases('INVALID_ENCODING', [
  ...INVALID_UTF_8.map((bytes): Line => [
    `the bytes ${bytes} in a text`,
    Buffer.concat([Buffer.from('{"id":"'), hex(bytes), Buffer.from('"}')]),
  ]),
  ['UTF-16, little end first, with a mark', Buffer.concat([hex('fffe'), Buffer.from(GOOD, 'utf16le')])],
  ['UTF-16, big end first, with a mark', Buffer.concat([hex('feff'), Buffer.from(GOOD, 'utf16le').swap16()])],
  ['UTF-32 with a mark', hex('0000feff 0000007b 0000007d')],
  ['Latin-1 that says nothing of it', Buffer.from('{"id":"p1","Product_Name":"Café"}', 'latin1')],
  [
    'UTF-16 that says it is, with half a character',
    hex('7b00 7d'),
    { 'Content-Type': 'application/json; charset=utf-16le' },
  ],
  [
    'UTF-16 that says it is, with half of a pair',
    hex('2200 00d8 2200'),
    { 'Content-Type': 'application/json; charset=utf-16le' },
  ],
  ['a form with a byte that is none', 'id=p1&Product_Name=%FF', FORM],
  ['a form with a character cut short', 'id=p1&Product_Name=%E2%82', FORM],
  ['a form with half of a pair', 'id=p1&Product_Name=%ED%A0%80', FORM],
  ['a form with a name that is none', '%FF=1&id=p1', FORM],
]);

const nested = (levels: number, open = '[', close = ']'): string => open.repeat(levels) + close.repeat(levels);
const DEPTHS = [33, 34, 100, 1_000, 10_000, 100_000, 200_000];
const DEEP = cases('TOO_DEEP', [
  ...DEPTHS.map((levels): Line => [`lists ${levels} deep`, nested(levels)]),
  ...DEPTHS.map((levels): Line => [`objects ${levels} deep`, `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`]),
  ...DEPTHS.map((levels): Line => [`${levels} levels in a record`, `{"id":"p1","Product_Name":${nested(levels)}}`]),
  ...DEPTHS.map((levels): Line => [`${levels} levels that never close`, '[{"a":'.repeat(Math.ceil(levels / 2))]),
  ['200,000 levels in a form', `data=${nested(200_000)}`, FORM],
  ['200,000 levels, packed', gzipSync(nested(200_000)), { 'Content-Encoding': 'gzip' }],
]);

const NOTHING = alike(
  'NO_RECORDS',
  [
    ['null', 'true', 'false', '0', '-0', '1', '-1', '1.5', '1e400', '-1e400', '1e-400', '12345678901234567890'],
    ['1234567890123456789012345', '-9223372036854775809', '""', '"data"', '"{}"', '"\\u0000"', '"\\ud800"'],
    ['[]', '[ ]', '{"data":[]}', '{"records":[]}', '{"data":null}', '{"data":1}', '{"data":"x"}', '{"data":true}'],
    ['{"Product_Name":"HND"}', '{"a":1}', '{"":""}', '{"__proto__":[{"id":"p1"}]}', '{"constructor":{"id":"p1"}}'],
    ['{"ids":[],"operation":"delete"}', '{"ids":" , ","operation":"delete"}', '{"DATA":[{"id":"p1"}]}'],
  ].flat(),
);

const NOTICES = alike('RECORD_WITHOUT_FIELDS', [
  '{"ids":["p1"]}',
  '{"ids":[]}',
  '{"ids":null}',
  '{"ids":[["p1"]]}',
  '{"zoho_id":"p1"}',
  '{"zoho_id":"${!Products.Id}"}',
  '{"record_id":{"id":"p1"}}',
  '{"ids":"p1,p2","event_type":"edit"}',
  '{"ids":["p1"],"operation":"explode"}',
  '{"ids":["p1"],"operation":["delete"]}',
  '{"ids":["p1"],"operation":"delete "}',
  '{"ids":["p1"],"operation":null}',
]);

const STRANGE = [
  ...cases(
    ['INVALID'],
    [
      ...['1', 'null', '"x"', 'true', '[]', '{}', '[[[]]]', '1e400', '[{"id":"p1","Product_Name":"HND"}]'].map(
        (record): Line => [`a list of ${record}`, `[${record}]`],
      ),
      ['an empty object in data', '{"data":{}}'],
      ['an empty object in records', '{"records":{}}'],
      ['a list in a list in data', '{"data":[[{"id":"p1","Product_Name":"HND"}]]}'],
      ['a record that stands in __proto__', '{"data":{"__proto__":{"id":"p1","Product_Name":"HND"}}}'],
      ['a record whose id stands in a prototype', '{"data":[{"constructor":{"prototype":{"id":"p1"}}}]}'],
      ['an id that only toString has', '{"data":[{"id":{"toString":"p1"},"Product_Name":"HND"}]}'],
    ],
  ),
  ...cases(
    ['NEW'],
    [
      ['a byte-order mark', `\ufeff${GOOD}`],
      ['white space around', ` \r\n\t${GOOD}\n\n`],
      ['32 levels', `{"data":[{"id":"p1","Product_Name":"HND","Other":${nested(29)}}]}`],
      ['the same key twice: the last counts', '{"id":"p0","id":"p1","Product_Name":"a","Product_Name":"HND"}'],
      ['data twice: the last counts', `{"data":[1],"data":[${GOOD}]}`],
      ['both data and records', `{"data":[${GOOD}],"records":[1]}`],
      ['__proto__ as a field', '{"__proto__":{"id":"x","isAdmin":true},"id":"p1","Product_Name":"HND"}'],
      ['constructor as a field', '{"constructor":{"prototype":{"id":"x"}},"id":"p1","Product_Name":"HND"}'],
      ['fields that every object has', '{"toString":1,"valueOf":2,"hasOwnProperty":3,"id":"p1","Product_Name":"HND"}'],
      [
        'fields named as our columns',
        '{"tenant_id":"x","fingerprint":"x","created_at":0,"id":"p1","Product_Name":"HND"}',
      ],
      ['fields without a name', '{"":1,"\\u0000":2,"\\ud800":3,"id":"p1","Product_Name":"HND"}'],
      ['source and module that are no text', `{"source":{},"module":["Products"],"data":[${GOOD}]}`],
      ['a number of 400 digits as a field', `{"id":"p1","Product_Name":"HND","Other":${'9'.repeat(400)}}`],
      ['a form with what nobody knows', 'id=p1&Product_Name=HND&__proto__=1&a[]=1&=2&&&b', FORM],
      ['a form with signs that encode nothing', 'id=p1&Product_Name=100%&Description=%zz', FORM],
      ['a form with a name twice', 'id=p0&id=p1&Product_Name=HND', FORM],
    ],
  ),
  ...cases(['INVALID', 'NEW', 'INVALID'], [['a good record among others', `[null,${GOOD},[]]`]]),
  ...cases('MALFORMED_JSON', [
    ['a form whose data is half a list', 'data=%5B', FORM],
    ['a form whose records are no JSON', 'records=p1', FORM],
  ]),
  ...cases('WRONG_MODULE', [['another module', `{"module":"BTEC_Students","data":[${GOOD}]}`]]),
];

const record = (fields: string): string => `{"id":"p1","Product_Name":"HND"${fields}}`;
const LARGE = large([
  ...cases(
    ['NEW'],
    [
      ['100,000 keys', record(Array.from({ length: 100_000 }, (_none, n) => `,"k${n}":${n}`).join(''))],
      ['the same key 100,000 times', record(',"k":1'.repeat(100_000))],
      ['a field of 5 MB that nobody reads', record(`,"Other":"${'x'.repeat(5_000_000)}"`)],
      ['a list of 1,000,000 numbers that nobody reads', record(`,"Other":{"a":[${'1,'.repeat(999_999)}1]}`)],
    ],
  ),
  ...cases(
    ['INVALID'],
    [
      ['a name of 5 MB', `{"id":"p1","Product_Name":"${'x'.repeat(5_000_000)}"}`],
      ['an id of 5 MB', `{"id":"${'1'.repeat(5_000_000)}","Product_Name":"HND"}`],
      ['a number of 1,000,000 digits for a price', record(`,"Program_Price":${'9'.repeat(1_000_000)}`)],
    ],
  ),
  ...cases('BODY_TOO_LARGE', [
    ['11 MB of white space', ' '.repeat(11_000_000)],
    ['11 MB of JSON', record(`,"Other":"${'x'.repeat(11_000_000)}"`)],
    ...(
      [
        ['gzip', gzipSync],
        ['deflate', deflateSync],
        ['br', brotliCompressSync],
      ] as const
    ).map(([encoding, pack]): Line => [
      `a bomb of ${encoding}`,
      pack(Buffer.alloc(100_000_000, ' ')),
      { 'Content-Encoding': encoding },
    ]),
  ]),
  ...cases('TOO_MANY_RECORDS', [
    ['10,001 records', `[${`${GOOD},`.repeat(10_000)}${GOOD}]`],
    ['10,001 nulls', `[${'null,'.repeat(10_000)}null]`],
    ['2,000,000 numbers', `[${'1,'.repeat(1_999_999)}1]`],
  ]),
  ...cases('TOO_MANY_ROWS', [
    ['50,001 rows of a subform', record(`,"Rows":[${'0,'.repeat(50_000)}0]`)],
    ['50,001 rows as text', record(`,"Rows":"[${'{},'.repeat(50_001)}]"`)],
  ]),
  ...cases('TOO_MANY_FIELDS', [['a form of 1,000,000 fields', `id=p1${'&a=1'.repeat(1_000_000)}`, FORM]]),
  ...cases('MALFORMED_JSON', [
    ['a text of 5 MB that does not end', `{"id":"${'x'.repeat(5_000_000)}`],
    ['5,000,000 backslashes', `{"id":"${'\\'.repeat(5_000_000)}`],
    ['5,000,000 commas', `[1${','.repeat(5_000_000)}]`],
    ['5,000,000 minus signs', `[${'-'.repeat(5_000_000)}]`],
  ]),
]);

const packed = gzipSync(GOOD);
const spoilt = Buffer.from(packed).fill(0, packed.length - 8);
const COMPRESSED = [
  ...cases('BODY_NOT_READABLE', [
    ['gzip that is none', hex('010203'), { 'Content-Encoding': 'gzip' }],
    ['gzip that is plain JSON', GOOD, { 'Content-Encoding': 'gzip' }],
    ['gzip that is cut off', packed.subarray(0, 20), { 'Content-Encoding': 'gzip' }],
    ['gzip with a wrong checksum', spoilt, { 'Content-Encoding': 'gzip' }],
    ['deflate that is none', hex('ffffffff'), { 'Content-Encoding': 'deflate' }],
    ['br that is none', hex('ffffffff'), { 'Content-Encoding': 'br' }],
  ]),
  ...cases(
    'ENCODING_NOT_SUPPORTED',
    ['lzma', 'compress', 'x', '*', 'gzip, gzip', 'gzip;q=1', 'utf-8', 'br, gzip', 'é', 'x'.repeat(8_000)].map(
      (encoding): Line => [`the encoding ${encoding.slice(0, 20)}`, GOOD, { 'Content-Encoding': encoding }],
    ),
  ),
  ...cases(
    ['NEW'],
    [
      ['gzip', packed, { 'Content-Encoding': 'gzip' }],
      ['GZIP', packed, { 'Content-Encoding': 'GZIP' }],
      ['deflate', deflateSync(GOOD), { 'Content-Encoding': 'deflate' }],
      ['br', brotliCompressSync(GOOD), { 'Content-Encoding': 'br' }],
      ['identity', GOOD, { 'Content-Encoding': 'identity' }],
    ],
  ),
];

const UNREAD_TYPES = [
  ['application/xml', 'text/xml', 'text/html', 'text/csv', 'multipart/form-data', 'multipart/form-data; boundary=x'],
  ['application/octet-stream', 'image/png', 'application/pdf', 'application/x-ndjson', 'application/msgpack'],
  ['application/cbor', 'application/graphql', 'application/javascript', 'application/*', '*/*', 'text/*', 'json'],
  ['/', 'application/', '/json', 'application/json/x', 'application json', ';;;', ','],
  ['application/json, text/plain', 'é', 'application/json; charset=klingon', 'application/json; charset=utf-7'],
  ['text/plain; charset=\\', 'x'.repeat(8_000), 'application/jsonp', 'application/+json'],
  ['application/x-www-form-urlencoded-not'],
].flat();
const READ_TYPES = [
  ['application/json', 'APPLICATION/JSON', 'application/json;', 'application/json; charset=utf-8', 'text/json'],
  ['application/json;charset="UTF-8"', 'application/problem+json', 'application/ld+json', 'application/vnd.api+json'],
  ['text/plain', 'Text/Plain; charset=us-ascii', 'text/plain; format=flowed', '', ' '],
  ['application/json; boundary=x'],
].flat();
const typed = (type: string): Line => [`the type "${type.slice(0, 40)}"`, GOOD, { 'Content-Type': type }];
const TYPES = [...cases('UNSUPPORTED_MEDIA_TYPE', UNREAD_TYPES.map(typed)), ...cases(['NEW'], READ_TYPES.map(typed))];

export const BODIES: readonly BodyCase[] = [
  [MALFORMED, EMPTY, ENCODINGS, DEEP, NOTHING, NOTICES],
  [STRANGE, COMPRESSED, TYPES, LARGE],
].flat(2);
