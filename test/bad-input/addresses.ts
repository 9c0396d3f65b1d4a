/** As an address holds text that is not ASCII: its bytes in UTF-8. */
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

/** What stands for one segment of an address, as it is written there. */
export const SEGMENTS: readonly string[] = [
  ['.', '..', '...', '%2e', '%2e%2e', '%2E%2E%2F%2E%2E', '..%2f..%2fadmin', 'a%2Fb', '%2F', '%5C', '\\', '..\\..'],
  ['%', '%%', '%zz', '%2', '%00', 'a%00', '%ff', '%c0%af', '%ed%a0%80', '%e2%82', '%f4%90%80%80', '%u0041', '%25'],
  ['%252F', ':', '%3A', 'a:b', '::1', 'a;b=c', ';', '@', 'a@b', '$', '$where', '!', '*', '(', ')', '+', ',', '='],
  ['&', "'", '%22', '~', '^', '|', '%20', 'a%20b', '%0d%0a', 'a%0d%0aSet-Cookie:a=b', '%0a', '%09', '%7f', '%c2%85'],
  ['%e2%80%ae', '%ef%bb%bf', '%f0%9f%8e%93', '{zoho_id}', '%7Bzoho_id%7D', '${!Students.Id}'],
  ['$%7Bjndi:ldap:%2F%2F127.0.0.1%2Fa%7D', '{{7*7}}', '<script>', '%3Cscript%3E', "1'%20or%20'1'='1"],
  ['1;select%20pg_sleep(10)', "';drop%20table%20student;--", '[object%20Object]', '__proto__', 'constructor'],
  ['toString', 'null', 'undefined', 'NaN', 'true', '0', '-1', '1.5', '1e400', '00000000-0000-0000-0000-000000000000'],
  ['[]', '{}', '0199B2C4-7D1E-7C3A-9F00-2B6D5E4F3A21', '0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a2g', 'x'.repeat(64)],
  ['x'.repeat(65), 'x'.repeat(8_000), '%61'.repeat(2_500), '12345678901234567890', '9'.repeat(400), 'é', '🎓', '\xff'],
  ['p1.json', 'P1', 'p1%2Ejson', 'history', 'retry', 'tenants', 'students', 'STUDENTS', 'a'.repeat(14_000)],
]
  .flat()
  .map(utf8);

/** Addresses that no route has, or that are no addresses. */
export const ADDRESSES: readonly string[] = [
  ['/', '//', '///v1/health', '/v1', '/v1/', '/v2/students', '/V1/HEALTH/x', '/v1//students/a/b', '/v1/./health/..'],
  ['/../../etc/passwd', '/v1/students/..%2f..%2f..%2fetc%2fpasswd/x', '/%2e%2e/%2e%2e/etc/passwd', '/.env'],
  ['/.git/config', '/package.json', '/src/main.ts', '/docs/../package.json', '/docs/..%2f..%2fpackage.json'],
  ['/docs/%2e%2e/%2e%2e/package.json', '/redoc/..%5c..%5cpackage.json', '/openapi.json/x', '/metrics/x'],
  ['/v1/health/ready/x', '/admin', '/v1/admin', '/v1/admin/', '/graphql', '/wp-login.php', '/cgi-bin/a', '/%'],
  ['/%00', '/%ff', '/%zz', '/a%0d%0ab', '/\\', '/?', '/?a', '/#', '/*', '/{id}', '/:id', '/__proto__'],
  ['/constructor', '/\xff', '/v1/sync', '/v1/sync/', '/v1/sync/nobody', '/v1/sync/Students/x', '/v1/sync/__proto__'],
  ['/v1/sync/constructor', '/v1/sync/%00', 'http://127.0.0.1/v1/none', 'http://evil.example/v1/none', '*'],
  [`/${'a/'.repeat(5_000)}`, `/${'x'.repeat(15_000)}`],
].flat();

/** What is sent as the value of a parameter of a query, as it is written there. */
export const QUERY_VALUES: readonly string[] = [
  ['', '%20', '0', '-1', '-0', '1.5', '501', '1e3', '0x10', '１', '99999999999999999999', '9'.repeat(400), 'NaN'],
  ['Infinity', 'null', 'undefined', 'true', 'false', 'TRUE', 'yes', 'perhaps', '%00', 'a%00', '%ff', '%', '%zz'],
  ['%ed%a0%80', 'é', '%F0%9F%8E%93', "'", "';--", "1'%20or%20'1'='1", '1;select%20pg_sleep(10)', '%3Cscript%3E'],
  ['%0d%0a', '..', '%2e%2e%2f', '[]', '{}', '{"a":1}', '__proto__', '*', '%25', '2026-02-14', '2026-02-14T00:00:00Z'],
  ['2026-02-30', '0000-00-00', '+275760-09-13T00:00:00Z', '-infinity', 'now', '1e400', 'x'.repeat(201)],
  ['x'.repeat(5_000), 'eyJhIjoxfQ', 'AAAA', '====', 'students', 'programs', 'student,program', ',', ',,,,'],
  ['student,student', '${!a}'],
]
  .flat()
  .map(utf8);

/** Queries of parameters that no route has, or that are none. */
export const QUERIES: readonly string[] = [
  ['?', '&', '&&&', '=', '=1', 'a', 'a=', 'page=2', 'LIMIT=1', 'limit', 'limit=', '__proto__=1', 'constructor=1'],
  ['__proto__[a]=1', 'constructor[prototype][a]=1', 'a[b][c][d][e][f][g]=1', 'a[]=1&a[]=2', 'a[0]=1'],
  ['a[999999999]=1', 'a%5B%5D=1', '%', '%zz=1', '%ff=%ff', 'hasOwnProperty=1', 'toString=1', 'tenant_id=a'],
  ['sql=select', 'a=1;b=2', '%00=1', 'a&'.repeat(2_000), 'limit=1&'.repeat(1_000), `a=${'x'.repeat(14_000)}`],
  [`${'x'.repeat(14_000)}=1`, `a${'[a]'.repeat(2_000)}=1`],
].flat();

/** What comes by a connection and is no request, or half of one. */
export const NO_REQUESTS: readonly (readonly [name: string, bytes: string])[] = [
  ['words', 'this is no HTTP\r\n\r\n'],
  ['NULs', '\0\0\0\0\r\n\r\n'],
  ['the greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a version that nobody has', 'GET /v1/health HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['a method that nobody has', 'EXPLODE /v1/health HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a method in small letters', 'get /v1/health HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an address with a space', 'GET /v1/students/a b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['no address', 'GET HTTP/1.1\r\n\r\n'],
  ['no host', 'GET /v1/health HTTP/1.1\r\n\r\n'],
  ['two hosts', 'GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a length that is none', 'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n{}'],
  ['a length below nothing', 'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{}'],
  [
    'a length beyond all',
    'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{}',
  ],
  ['two lengths', 'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
  [
    'a chunk that is none',
    'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n',
  ],
  [
    'a chunk that is too long',
    'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n',
  ],
  [
    'a chunk of many digits',
    `POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(64)}\r\n`,
  ],
  [
    'chunks and a length',
    'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a bare line feed between headers', 'GET /v1/health HTTP/1.1\nHost: a\n\n'],
  ['a header without a colon', 'GET /v1/health HTTP/1.1\r\nHost: a\r\nX-Any\r\n\r\n'],
  [
    'an upgrade to a web socket',
    'GET /v1/health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ],
  [
    'an upgrade to HTTP/2',
    'GET /v1/health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n',
  ],
  ['a tunnel', 'CONNECT 127.0.0.1:5432 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an address of 100 kB', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['nothing', ''],
  ['half of a line', 'GET /v1/hea'],
  ['half of a body', 'POST /v1/sync/programs HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"id":'],
];
