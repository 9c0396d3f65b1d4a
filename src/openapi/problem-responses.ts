import type { ExamplesObject, HeadersObject, ReferenceObject, ResponseObject } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS } from '../request/problem';
import { PROBLEM_CAUSES } from './problem-causes';
import { objectOf, refTo, type Schema, type Schemas } from './schema';

/** Routes that can answer the same problems. */
export type RouteKind = 'sync' | 'list' | 'read' | 'health';

type Responses = Record<string, ReferenceObject>;

const codes = Object.keys(PROBLEMS) as ProblemCode[];

const OF_EVERY_ROUTE: readonly ProblemCode[] = [
  'BAD_REQUEST',
  'HEADERS_TOO_LARGE',
  'TENANT_ID_MALFORMED',
  'INTERNAL_ERROR',
];

/** A sync route can answer any problem but an unknown record: a new one belongs to it until it is told to whom else. */
const ANSWERED_BY: Readonly<Record<RouteKind, readonly ProblemCode[]>> = {
  sync: codes.filter((code) => code !== 'NOT_FOUND'),
  list: [...OF_EVERY_ROUTE, 'PARAMETER_INVALID', 'DATABASE_UNAVAILABLE'],
  read: [...OF_EVERY_ROUTE, 'BODY_NOT_READABLE', 'NOT_FOUND', 'DATABASE_UNAVAILABLE'],
  health: OF_EVERY_ROUTE,
};

const EXAMPLE_PATHS: Readonly<Record<RouteKind, string>> = {
  sync: '/v1/sync/students',
  list: '/v1/students',
  read: '/v1/students/5843017000000200001',
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
      ...(possible.includes('PARAMETER_INVALID') && { errors }),
    },
    ['errors'],
  );
}

function examples(kind: RouteKind, possible: readonly ProblemCode[]): ExamplesObject {
  return Object.fromEntries(
    possible.map((code) => [code, { summary: PROBLEMS[code].title, value: exampleProblem(kind, code) }]),
  );
}

function exampleProblem(kind: RouteKind, code: ProblemCode): Record<string, unknown> {
  const { status, title } = PROBLEMS[code];
  const field = kind === 'list' ? 'limit' : 'dryRun';
  const message = kind === 'list' ? 'limit must be an integer number' : 'dryRun must be true or false';
  return {
    type: 'about:blank',
    title,
    status,
    detail: code === 'PARAMETER_INVALID' ? message : PROBLEM_CAUSES[code],
    instance: EXAMPLE_PATHS[kind],
    code,
    request_id: '0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a21',
    ...(code === 'PARAMETER_INVALID' && { errors: [{ field, code: 'INVALID_DATA', message }] }),
  };
}
