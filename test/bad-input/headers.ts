import type { ProblemCode } from '../../src/request/problem';

/** Headers of a request, each character of a value a byte; a name may come twice. */
type Headers = readonly (readonly [name: string, value: string])[];

/** What a good body is answered under these headers: a problem, or the records' outcome. */
export type HeaderCase = readonly [name: string, headers: Headers, expected: ProblemCode | 'NEW'];

/** As a header holds text that is not ASCII: its bytes in UTF-8. */
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
const told = (value: string): string => JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
const each = (header: string, expected: HeaderCase[2], values: readonly string[]): HeaderCase[] =>
  values.map((value) => [`${header}: ${told(value)}`, [[header, utf8(value)]], expected]);

/** Headers as they stand in a request, one a line. */
const given = (...lines: readonly string[]): Headers =>
  lines.map((line) => [utf8(line.slice(0, line.indexOf(':'))), utf8(line.slice(line.indexOf(':') + 2))]);
const many = (count: number, value: string): Headers =>
  given(...Array.from({ length: count }, (_none, n) => `X-${n}: ${value}`));

const TENANT = 'X-Tenant-ID';
const KEY = 'Idempotency-Key';
const LONG = 'x'.repeat(8_000);
const NOW = `X-Zoho-Timestamp: ${Date.now()}`;
const TENANTS = [
  ['', ' ', 'a b', '-a', '_a', '.', '..', '../a', 'a/b', 'a.b', 'a,b', 'a;b', 'a%20b', '*', "a'; --", 'é', '🎓'],
  ['а'],
  ['a\u200bb', '\u202ea', '{a}', '${!a}', '<a>', '"a"', 'x'.repeat(65), LONG, '[object Object]', '\ufeffa'],
].flat();
const KEYS = ['', ' ', 'x'.repeat(256), 'x'.repeat(8_000), 'é', '🎓', 'a\u200bb', '\u00a0'];
const CREDENTIALS = [
  ['', 'Bearer', 'Bearer ', 'Bearer x', 'bearer mzi_', 'Bearer mzi_a_b', 'Bearer mzi__', `Bearer mzi_${LONG}_b`],
  ['mzi_a_b'],
  ['Basic YTpi', 'Digest a', 'Bearer a b', 'Bearer é', 'Bearer null', "Bearer mzi_' or 1=1_x", 'Bearer mzi_%00_%00'],
].flat();

export const HEADERS: readonly HeaderCase[] = [
  ...each(TENANT, 'TENANT_ID_MALFORMED', TENANTS),
  ...each(TENANT, 'NEW', ['a', 'A0_-', '0', 'constructor', 'null', 'x'.repeat(64), '  spaced  ']),
  ['the tenant twice, the same', given('X-Tenant-ID: a', 'X-Tenant-ID: a'), 'TENANT_ID_MALFORMED'],
  ['two tenants', given('X-Tenant-ID: a', 'X-Tenant-ID: b'), 'TENANT_ID_MALFORMED'],
  ['a tenant and an empty one', given('X-Tenant-ID: a', 'X-Tenant-ID: '), 'TENANT_ID_MALFORMED'],
  ...each(KEY, 'IDEMPOTENCY_KEY_MALFORMED', KEYS),
  ...each('X-Idempotency-Key', 'IDEMPOTENCY_KEY_MALFORMED', KEYS.slice(0, 3)),
  ...each(KEY, 'NEW', ["'; drop table student; --", '%00%0d%0a', '${jndi:ldap://127.0.0.1/a}', '__proto__', '*']),
  ['two keys', given('Idempotency-Key: a', 'Idempotency-Key: b'), 'IDEMPOTENCY_KEY_MALFORMED'],
  ['the same key twice', given('Idempotency-Key: a', 'Idempotency-Key: a'), 'IDEMPOTENCY_KEY_MALFORMED'],
  ['a key of 255 characters', given(`Idempotency-Key: ${'x'.repeat(255)}`), 'NEW'],
  ...each('Authorization', 'UNAUTHENTICATED', CREDENTIALS),
  ...each('X-API-Key', 'UNAUTHENTICATED', ['', ' ', 'x', 'mzi_a_b', 'é', LONG, 'mzi_../.._x']),
  ['two keys of access', given('X-API-Key: mzi_a_b', 'Authorization: Bearer mzi_c_d'), 'UNAUTHENTICATED'],
  ['a signature without a time', given('X-Zoho-Signature: sha256=00'), 'UNAUTHENTICATED'],
  ['a signature of no time', given('X-Zoho-Signature: 00', 'X-Zoho-Timestamp: 1e400'), 'UNAUTHENTICATED'],
  ['a signature of long ago', given('X-Zoho-Signature: 00', 'X-Zoho-Timestamp: 0'), 'UNAUTHENTICATED'],
  ['a signature that is none', given('X-Zoho-Signature: é', NOW), 'UNAUTHENTICATED'],
  ['a signature of 8 kB', given(`X-Zoho-Signature: ${LONG}`, NOW), 'UNAUTHENTICATED'],
  ['another that is none', given('webhook-id: a', 'webhook-timestamp: 1', 'webhook-signature: v1,'), 'UNAUTHENTICATED'],
  ...each('X-Request-Id', 'NEW', ['', ' ', 'a b', LONG, '<script>', '%0d%0a', 'é', '🎓', '${jndi:ldap://127.0.0.1/a}']),
  ...each('Accept', 'NEW', ['', 'text/html', 'image/png', '*/*;q=0', 'é', LONG, 'application/json;version=9']),
  ...each('Accept-Encoding', 'NEW', ['', '*;q=0', 'gzip;q=9', LONG]),
  ...each('Accept-Charset', 'NEW', ['utf-16', 'é']),
  ...each('Origin', 'NEW', ['null', 'https://evil.example', 'é', '*']),
  ...each('X-Forwarded-For', 'NEW', ['127.0.0.1', "'; --", LONG, '::1, ::1']),
  ...each('X-HTTP-Method-Override', 'NEW', ['DELETE', 'TRACE', 'é']),
  ...each('Cookie', 'NEW', ['a=b', ';;;', 'a='.repeat(2_000), '__proto__=1']),
  ...each('If-None-Match', 'NEW', ['*', '"a"', 'W/"a"']),
  ...each('Range', 'NEW', ['bytes=0-', 'bytes=-1', 'bytes=9-0,1-2']),
  ...each('Expect', 'NEW', ['100-continue']),
  ...each('Content-Language', 'NEW', ['tr', 'é', LONG]),
  ['100 headers that nobody knows', many(100, 'x'), 'NEW'],
  ['headers of 20 kB', given(`X-Large: ${'x'.repeat(20_000)}`), 'HEADERS_TOO_LARGE'],
  ['2,000 headers', many(2_000, 'x'.repeat(20)), 'HEADERS_TOO_LARGE'],
  ['a control character in a value', given('X-Any: a\x01b'), 'BAD_REQUEST'],
  ['NUL in a value', given('X-Any: a\0b'), 'BAD_REQUEST'],
  ['a name with a space', given('X Any: a'), 'BAD_REQUEST'],
  ['a name that is empty', given(': a'), 'BAD_REQUEST'],
  ['a name that is not ASCII', given('é: a'), 'BAD_REQUEST'],
  ['a line that is folded', given('X-Any: a\r\n b'), 'BAD_REQUEST'],
  ['a length and chunks at once', given('Transfer-Encoding: chunked'), 'BAD_REQUEST'],
  ['a second length', given('Content-Length: 3'), 'BAD_REQUEST'],
  ['an encoding of the transfer that nobody knows', given('Transfer-Encoding: gzip'), 'BAD_REQUEST'],
];
