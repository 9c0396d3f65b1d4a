import type { EnvelopeFault } from '../sync/envelope/envelope-error';

export type ProblemCode =
  | EnvelopeFault
  | 'BAD_REQUEST'
  | 'HEADERS_TOO_LARGE'
  | 'BODY_NOT_READABLE'
  | 'BODY_TOO_SLOW'
  | 'UNAUTHENTICATED'
  | 'OTHER_TENANT'
  | 'SCOPE_MISSING'
  | 'TENANT_PAUSED'
  | 'TENANT_NOT_FOUND'
  | 'TENANT_EXISTS'
  | 'TOO_MANY_KEYS'
  | 'RATE_EXCEEDED'
  | 'TOO_MANY_AT_ONCE'
  | 'NOT_FOUND'
  | 'BODY_TOO_LARGE'
  | 'ENCODING_NOT_SUPPORTED'
  | 'TENANT_ID_MALFORMED'
  | 'IDEMPOTENCY_KEY_MALFORMED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'PARAMETER_INVALID'
  | 'PROFILE_INVALID'
  | 'CSV_NOT_READABLE'
  | 'CSV_HEADER_INVALID'
  | 'IMPORT_IN_PROGRESS'
  | 'IMPORT_CHANGED'
  | 'DATABASE_UNAVAILABLE'
  | 'INTERNAL_ERROR';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** when the caller may try again */
  readonly retryAfterSeconds?: number;
}

/** Every error that a caller may get, once: its code, its status, its title. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemKind>> = {
  BAD_REQUEST: { status: 400, title: 'Bad request' },
  BODY_NOT_READABLE: { status: 400, title: 'Body not readable' },
  EMPTY_BODY: { status: 400, title: 'Empty body' },
  MALFORMED_JSON: { status: 400, title: 'Malformed JSON' },
  INVALID_ENCODING: { status: 400, title: 'Invalid encoding' },
  TOO_DEEP: { status: 400, title: 'JSON nested too deep' },
  CSV_NOT_READABLE: { status: 400, title: 'CSV not readable' },
  UNAUTHENTICATED: { status: 401, title: 'Not authenticated' },
  OTHER_TENANT: { status: 403, title: 'Another tenant’s' },
  SCOPE_MISSING: { status: 403, title: 'Not allowed' },
  TENANT_PAUSED: { status: 403, title: 'Tenant paused' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  TENANT_NOT_FOUND: { status: 404, title: 'Tenant not found' },
  BODY_TOO_SLOW: { status: 408, title: 'Body too slow' },
  TENANT_EXISTS: { status: 409, title: 'Tenant exists' },
  TOO_MANY_KEYS: { status: 409, title: 'Too many keys' },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, title: 'Request in progress', retryAfterSeconds: 5 },
  IMPORT_IN_PROGRESS: { status: 409, title: 'Import in progress', retryAfterSeconds: 5 },
  IMPORT_CHANGED: { status: 409, title: 'File changed since' },
  BODY_TOO_LARGE: { status: 413, title: 'Body too large' },
  TOO_MANY_RECORDS: { status: 413, title: 'Too many records' },
  TOO_MANY_ROWS: { status: 413, title: 'Too many subform rows' },
  TOO_MANY_FIELDS: { status: 413, title: 'Too many fields' },
  ENCODING_NOT_SUPPORTED: { status: 415, title: 'Content encoding not supported' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Content type not supported' },
  NO_RECORDS: { status: 422, title: 'No records found' },
  RECORD_WITHOUT_FIELDS: { status: 422, title: 'Record without fields' },
  WRONG_MODULE: { status: 422, title: 'Wrong module' },
  TENANT_ID_MALFORMED: { status: 422, title: 'Malformed tenant id' },
  IDEMPOTENCY_KEY_MALFORMED: { status: 422, title: 'Malformed idempotency key' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency key reused' },
  PARAMETER_INVALID: { status: 422, title: 'Invalid parameter' },
  CSV_HEADER_INVALID: { status: 422, title: 'CSV header not usable' },
  PROFILE_INVALID: { status: 422, title: 'Invalid profile' },
  RATE_EXCEEDED: { status: 429, title: 'Too many requests', retryAfterSeconds: 60 },
  TOO_MANY_AT_ONCE: { status: 429, title: 'Too many requests at once', retryAfterSeconds: 1 },
  DATABASE_UNAVAILABLE: { status: 503, title: 'Database unavailable', retryAfterSeconds: 5 },
  HEADERS_TOO_LARGE: { status: 431, title: 'Header fields too large' },
  INTERNAL_ERROR: { status: 500, title: 'Internal error' },
};

/** What is wrong with one parameter of a request. */
export interface ParameterError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** An error that is answered as it is: code, status and detail are meant for the caller. */
export class Problem extends Error {
  /** of a problem that says what is wrong, part by part */
  readonly errors: readonly ParameterError[] | null;
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    {
      errors,
      retryAfterSeconds,
    }: { readonly errors?: readonly ParameterError[]; readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.errors = errors ?? null;
    this.retryAfterSeconds = retryAfterSeconds ?? PROBLEMS[code].retryAfterSeconds ?? null;
  }
}

export const invalidParameter = (field: string, message: string): Problem =>
  new Problem('PARAMETER_INVALID', message, { errors: [{ field, code: 'INVALID_DATA', message }] });
