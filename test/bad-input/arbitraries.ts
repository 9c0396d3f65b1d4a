import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  type Arbitrary,
  array,
  bigInt,
  constant,
  constantFrom,
  dictionary,
  double,
  infiniteStream,
  integer,
  letrec,
  nat,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check';
import { QUERIES, QUERY_VALUES, SEGMENTS } from './addresses';
import { BODIES } from './bodies';
import { HEADERS } from './headers';
import { addressOf, bodyOf, EXAMPLES, type Route } from './routes';
import { ACCEPTED, REFUSED } from './texts';
import { VALUES } from './values';

const bytesOfText = (text: string): string => Buffer.from(text).toString('latin1');
const LONGEST_LISTED = 2_000;
const listed = [...ACCEPTED, ...REFUSED].map(([, text]) => text).filter((text) => text.length < LONGEST_LISTED);
const PIECES = [
  ['a', '0', ' ', '-', '.', ',', '@', '{', '${!', '[', '"', '\\', '\u0301', '\u200b', '🎓', '1,', 'a@', '%41'],
  ['\n', ';', '('],
].flat();

/** Any text: of characters, of code units that are none, of the lists, and very long ones. */
export const text: Arbitrary<string> = oneof(
  { weight: 4, arbitrary: string({ unit: 'binary', maxLength: 40 }) },
  { weight: 3, arbitrary: string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: string({ unit: integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  },
  { weight: 2, arbitrary: constantFrom(...listed) },
  {
    weight: 1,
    arbitrary: tuple(constantFrom(...PIECES), integer({ min: 1, max: 20_000 })).map(([piece, n]) => piece.repeat(n)),
  },
);

/** Stands in a value for a number that JSON can spell and a double cannot hold. */
const NUMBER = /"#number (-?[\d.eE+-]+)"/g;
const number: Arbitrary<unknown> = oneof(
  double({ noNaN: true, noDefaultInfinity: true }),
  integer(),
  bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map((digits) => `#number ${digits}`),
  constantFrom('#number 1e400', '#number -1e400', '#number -0', '#number 1e-400', '#number 0.1e1'),
);

const sentValues = VALUES.flatMap(({ cases }) => cases.map(([sent]) => sent)).filter(
  (sent) => (JSON.stringify(sent) ?? '').length < LONGEST_LISTED,
);
const key = oneof(
  constantFrom('id', '__proto__', 'constructor', 'data', 'name', 'toString', ''),
  string({ maxLength: 8 }),
);

/** Any value that JSON can have, and some that it had better not. */
const value: Arbitrary<unknown> = letrec((tie) => ({
  value: oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: text },
    { weight: 3, arbitrary: constantFrom(...sentValues) },
    { weight: 2, arbitrary: number },
    { weight: 2, arbitrary: constantFrom(null, true, false, [], {}) },
    { weight: 1, arbitrary: array(tie('value'), { maxLength: 4 }) },
    { weight: 1, arbitrary: dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) },
  ),
})).value;

export const spelled = (json: unknown): string => JSON.stringify(json).replace(NUMBER, '$1');

/** Some of the fields of a record with any values. */
export const fieldsOf = (names: readonly string[]): Arbitrary<Record<string, unknown>> =>
  dictionary(constantFrom(...names), value, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

const examplesOf = ({ operation }: Route): readonly string[] =>
  EXAMPLES.filter((one) => one.operation.operationId === operation.operationId).flatMap(({ body }) => body ?? []);

/** An example of the document in which any values stand in the place of some. */
const changed = (example: string): Arbitrary<string> =>
  tuple(infiniteStream(nat(3)), infiniteStream(value)).map(([dice, values]) => {
    try {
      const json: unknown = JSON.parse(example, (_key, old: unknown) =>
        dice.next().value === 0 ? values.next().value : old,
      );
      return spelled(json);
    } catch {
      // A form, or a file.
      return example
        .split('')
        .map((letter) => (dice.next().value === 0 ? spelled(values.next().value) : letter))
        .join('');
    }
  });

/** Bytes that were cut, doubled or written over somewhere. */
const damaged = (bytes: Buffer): Arbitrary<Uint8Array> =>
  tuple(nat(bytes.length), nat(40), uint8Array({ maxLength: 8 })).map(([at, length, instead]) =>
    Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + length)]),
  );

const small = BODIES.filter(({ body }) => body.length < 100_000);

interface Sent {
  readonly body?: string | Uint8Array;
  readonly headers: readonly (readonly [string, string])[];
}

function bodyFor(route: Route): Arbitrary<Sent> {
  const examples = examplesOf(route);
  if (examples.length === 0) return constant({ headers: [] });
  const json = oneof(constantFrom(...examples).chain(changed), value.map(spelled));
  const plain = (body: string | Uint8Array): Sent => ({ body, headers: [] });
  return oneof(
    { weight: 5, arbitrary: json.map(plain) },
    { weight: 2, arbitrary: json.chain((body) => damaged(Buffer.from(body))).map(plain) },
    {
      weight: 1,
      arbitrary: json.map((body) => ({ body: gzipSync(body), headers: [['Content-Encoding', 'gzip']] as const })),
    },
    {
      weight: 1,
      arbitrary: json.map((body) => ({
        body: brotliCompressSync(body),
        headers: [['Content-Encoding', 'br']] as const,
      })),
    },
    { weight: 1, arbitrary: json.map((body) => ({ body: Buffer.from(body, 'utf16le'), headers: [] })) },
    {
      weight: 1,
      arbitrary: constantFrom(...small).map(({ body, headers = {} }) => ({ body, headers: Object.entries(headers) })),
    },
    { weight: 1, arbitrary: uint8Array({ maxLength: 200 }).map(plain) },
  );
}

const TYPES = [
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'text/csv',
  'application/x-ndjson',
  'x/y',
];
/** Neither ends a line nor begins one: what stands there is of one header. */
const headerText = text.map((any) =>
  bytesOfText(any)
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
    .slice(0, 4_000),
);
const headers: Arbitrary<readonly (readonly [string, string])[]> = oneof(
  { weight: 6, arbitrary: constant([]) },
  { weight: 2, arbitrary: constantFrom(...TYPES).map((type) => [['Content-Type', type]] as const) },
  { weight: 2, arbitrary: constantFrom(...HEADERS).map(([, listedHeaders]) => listedHeaders) },
  {
    weight: 2,
    arbitrary: tuple(
      constantFrom('X-Tenant-ID', 'Idempotency-Key', 'X-Request-Id', 'Content-Type', 'X-API-Key', 'Accept'),
      headerText,
    ).map((one) => [one]),
  },
);

const escapedText = text.map((any) =>
  encodeURIComponent(any.toWellFormed())
    .slice(0, 3_000)
    .replace(/%[^%]?$/, ''),
);
const segment = oneof(
  constantFrom(...SEGMENTS),
  escapedText.filter((any) => any !== ''),
);

const addressFor = (route: Route): Arbitrary<string> => {
  const names = route.path.match(/\{\w+\}/g) ?? [];
  if (names.length === 0) return constant(route.path);
  const filled = record(Object.fromEntries(names.map((name) => [name, segment])), { requiredKeys: [] });
  return filled.map((instead) => addressOf(route, instead as Record<string, string>));
};

const queryFor = ({ operation }: Route): Arbitrary<string> => {
  const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const name = oneof(constantFrom(...known, 'page'), escapedText);
  const pair = tuple(name, oneof(constantFrom(...QUERY_VALUES), escapedText)).map(([is, to]) => `${is}=${to}`);
  return oneof(
    { weight: 3, arbitrary: constant('') },
    { weight: 3, arbitrary: array(pair, { maxLength: 3 }).map((pairs) => `?${pairs.join('&')}`) },
    { weight: 1, arbitrary: constantFrom(...QUERIES).map((query) => `?${query}`) },
  );
};

/** Any request of a route, with something wrong in one place or in all. */
export const requestOf = (route: Route) =>
  record({ path: addressFor(route), query: queryFor(route), sent: bodyFor(route), headers }).map((made) => ({
    path: `${made.path}${made.query}`,
    headers: [...made.sent.headers, ...made.headers],
    ...(made.sent.body === undefined ? bodyOf(route) : { body: made.sent.body }),
  }));
