import type { ExamplesObject, HeadersObject, ReferenceObject, ResponseObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../request/problem';
import { exampleId } from './example-values';
import { PROBLEM_CAUSES } from './problem-causes';
import { EXAMPLE_RUN_ID } from './record-examples';
import { objectOf, refTo, type Schema, type Schemas } from './schema';

/** Routes that can answer the same problems; `single` is one thing by its id, without further parameters. */
export type RouteKind =
  'sync' | 'import' | 'list' | 'read' | 'history' | 'remove' | 'single' | 'profile' | 'admin' | 'service' | 'health';

type Responses = Record<string, ReferenceObject>;

const codes = Object.keys(PROBLEMS) as ProblemCode[];

const OF_EVERY_ROUTE: readonly ProblemCode[] = ['BAD_REQUEST', 'HEADERS_TOO_LARGE', 'INTERNAL_ERROR'];

const OF_THE_SERVICE: readonly ProblemCode[] = [
  ...OF_EVERY_ROUTE,
  'UNAUTHENTICATED',
  'OTHER_TENANT',
  'SCOPE_MISSING',
  'TENANT_ID_MALFORMED',
  'RATE_EXCEEDED',
  'DATABASE_UNAVAILABLE',
];

const OF_A_TENANT: readonly ProblemCode[] = [...OF_THE_SERVICE, 'TENANT_NOT_FOUND', 'TOO_MANY_AT_ONCE'];

/** What only the routes of tenants and keys can lead to. */
const OF_ADMINISTRATION: ReadonlySet<ProblemCode> = new Set(['TENANT_EXISTS', 'TOO_MANY_KEYS']);

/** What only the import route can lead to. */
const OF_IMPORTS: readonly ProblemCode[] = [
  'CSV_NOT_READABLE',
  'CSV_HEADER_INVALID',
  'IMPORT_IN_PROGRESS',
  'IMPORT_CHANGED',
];

/** What only a sync route's own headers and records can lead to. */
const NEVER_OF_A_PROFILE: ReadonlySet<ProblemCode> = new Set([
  ...OF_IMPORTS,
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_KEY_MALFORMED',
  'IDEMPOTENCY_KEY_REUSED',
]);

/** A sync route can answer any problem but an unknown record: a new one belongs to it until it is told to whom else. */
const ANSWERED_BY: Readonly<Record<RouteKind, readonly ProblemCode[]>> = {
  sync: codes.filter(
    (code) =>
      code !== 'NOT_FOUND' && code !== 'PROFILE_INVALID' && !OF_ADMINISTRATION.has(code) && !OF_IMPORTS.includes(code),
  ),
  import: [
    ...OF_A_TENANT,
    ...OF_IMPORTS,
    'TENANT_PAUSED',
    'BODY_NOT_READABLE',
    'EMPTY_BODY',
    'INVALID_ENCODING',
    'NOT_FOUND',
    'BODY_TOO_SLOW',
    'ENCODING_NOT_SUPPORTED',
    'UNSUPPORTED_MEDIA_TYPE',
    'IDEMPOTENCY_KEY_MALFORMED',
    'IDEMPOTENCY_KEY_REUSED',
    'PARAMETER_INVALID',
  ],
  list: [...OF_A_TENANT, 'PARAMETER_INVALID'],
  read: [...OF_A_TENANT, 'BODY_NOT_READABLE', 'NOT_FOUND', 'PARAMETER_INVALID'],
  history: [...OF_A_TENANT, 'BODY_NOT_READABLE', 'PARAMETER_INVALID'],
  remove: [...OF_A_TENANT, 'TENANT_PAUSED', 'BODY_NOT_READABLE', 'NOT_FOUND', 'PARAMETER_INVALID'],
  single: [...OF_A_TENANT, 'TENANT_PAUSED', 'BODY_NOT_READABLE', 'NOT_FOUND'],
  profile: codes.filter((code) => !NEVER_OF_A_PROFILE.has(code) && !OF_ADMINISTRATION.has(code)),
  admin: codes.filter((code) => !NEVER_OF_A_PROFILE.has(code)),
  service: OF_THE_SERVICE,
  health: OF_EVERY_ROUTE,
};

const STUDENT = `/v1/students/${exampleId('student')}`;

const EXAMPLE_PATHS: Readonly<Record<RouteKind, string>> = {
  sync: '/v1/sync/students',
  import: '/v1/import/students',
  list: '/v1/students',
  read: STUDENT,
  history: `${STUDENT}/history`,
  remove: STUDENT,
  single: `/v1/runs/${EXAMPLE_RUN_ID}`,
  profile: '/v1/admin/tenants/your-college/profile',
  admin: '/v1/admin/tenants',
  service: '/metrics',
  health: '/v1/health',
};

export const REQUEST_ID_HEADER: HeadersObject = { 'X-Request-Id': { $ref: '#/components/headers/XRequestId' } };

const statusesOf = (kind: RouteKind): number[] =>
  [...new Set(ANSWERED_BY[kind].map((code) => PROBLEMS[code].status))].toSorted((a, b) => a - b);

const responseName = (kind: RouteKind, status: number): string =>
  `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Problem${status}`;

/** The problems of a route, by status. */
export const problemsOf = (kind: RouteKind): Responses =>
  Object.fromEntries(
    statusesOf(kind).map((status) => [status, { $ref: `#/components/responses/${responseName(kind, status)}` }]),
  );

/** Every problem of every kind of route, once. */
export function problemResponses(): Record<string, ResponseObject> {
  const kinds = Object.keys(ANSWERED_BY) as RouteKind[];
  return Object.fromEntries(
    kinds.flatMap((kind) => statusesOf(kind).map((status) => [responseName(kind, status), response(kind, status)])),
  );
}

export const PROBLEM_SCHEMAS: Schemas = {
  ParameterError: {
    description: 'What is wrong with one parameter.',
    ...objectOf({ field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } }),
  },
};

function response(kind: RouteKind, status: number): ResponseObject {
  const possible = ANSWERED_BY[kind].filter((code) => PROBLEMS[code].status === status);
  const retried = possible.some((code) => PROBLEMS[code].retryAfterSeconds !== undefined);
  return {
    description: possible.map((code) => `- \`${code}\`: ${PROBLEM_CAUSES[code]}.`).join('\n'),
    headers: { ...REQUEST_ID_HEADER, ...(retried && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }) },
    content: {
      'application/problem+json': { schema: problemSchema(status, possible), examples: examples(kind, possible) },
    },
  };
}

/** Problems that say what is wrong, part by part. */
const WITH_ERRORS: ReadonlySet<ProblemCode> = new Set(['PARAMETER_INVALID', 'PROFILE_INVALID']);

/** RFC 9457, with the codes that are possible here. */
function problemSchema(status: number, possible: readonly ProblemCode[]): Schema {
  const text: Schema = { type: 'string' };
  const errors: Schema = { type: 'array', items: refTo('ParameterError'), minItems: 1 };
  return objectOf(
    {
      type: { type: 'string', const: 'about:blank' },
      title: text,
      status: { type: 'integer', const: status },
      detail: text,
      instance: { ...text, description: 'The path of the request.' },
      code: { type: 'string', enum: [...possible] },
      request_id: text,
      ...(possible.some((code) => WITH_ERRORS.has(code)) && { errors }),
    },
    ['errors'],
  );
}

function examples(kind: RouteKind, possible: readonly ProblemCode[]): ExamplesObject {
  return Object.fromEntries(
    possible.map((code) => [code, { summary: PROBLEMS[code].title, value: exampleProblem(kind, code) }]),
  );
}

const LIMIT = { field: 'limit', message: 'limit must be an integer number' };
const DRY_RUN = { field: 'dryRun', message: 'dryRun must be true or false' };
const EXPAND = { field: 'expand', message: 'expand must name references; of students it can be program' };

const PROFILE_ERROR = { field: 'entities.students.fields.fone', message: 'must be one of phone, status' };

/** A fault in a parameter that the route has. */
const EXAMPLE_ERRORS: Readonly<Record<RouteKind, typeof LIMIT>> = {
  sync: DRY_RUN,
  import: DRY_RUN,
  list: LIMIT,
  read: EXPAND,
  history: LIMIT,
  remove: DRY_RUN,
  single: LIMIT,
  profile: PROFILE_ERROR,
  admin: LIMIT,
  service: LIMIT,
  health: LIMIT,
};

function exampleProblem(kind: RouteKind, code: ProblemCode): Record<string, unknown> {
  const { status, title } = PROBLEMS[code];
  const { field, message } = EXAMPLE_ERRORS[kind];
  return {
    type: 'about:blank',
    title,
    status,
    detail: WITH_ERRORS.has(code) ? message : PROBLEM_CAUSES[code],
    instance: EXAMPLE_PATHS[kind],
    code,
    request_id: EXAMPLE_RUN_ID,
    ...(WITH_ERRORS.has(code) && { errors: [{ field, code: 'INVALID_DATA', message }] }),
  };
}
