import type { EnvelopeFault } from '../sync/envelope/envelope-error';

export type ProblemCode =
  | EnvelopeFault
  | 'BAD_REQUEST'
  | 'HEADERS_TOO_LARGE'
  | 'BODY_NOT_READABLE'
  | 'NOT_FOUND'
  | 'BODY_TOO_LARGE'
  | 'ENCODING_NOT_SUPPORTED'
  | 'TENANT_ID_MALFORMED'
  | 'IDEMPOTENCY_KEY_MALFORMED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'PARAMETER_INVALID'
  | 'PROFILE_INVALID'
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
  NOT_FOUND: { status: 404, title: 'Not found' },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, title: 'Request in progress', retryAfterSeconds: 5 },
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
  PROFILE_INVALID: { status: 422, title: 'Invalid profile' },
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
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly errors?: readonly ParameterError[],
  ) {
    super(detail);
  }
}

export const invalidParameter = (field: string, message: string): Problem =>
  new Problem('PARAMETER_INVALID', message, [{ field, code: 'INVALID_DATA', message }]);
