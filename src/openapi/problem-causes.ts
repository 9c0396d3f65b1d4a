import type { ProblemCode } from '../request/problem';

/** When each problem is answered. A code that is added to `PROBLEMS` is missing here until it is explained. */
export const PROBLEM_CAUSES: Readonly<Record<ProblemCode, string>> = {
  BAD_REQUEST: 'What was sent is not HTTP that can be read',
  HEADERS_TOO_LARGE: 'The headers are larger than 16 KiB together',
  BODY_NOT_READABLE: 'The request is cut off or wrongly compressed, or its address is malformed',
  EMPTY_BODY: 'The body is empty, or an empty object',
  MALFORMED_JSON: 'The body is not valid JSON; the detail has line and column',
  INVALID_ENCODING: 'The body is not valid in its charset, which is UTF-8 unless it says so',
  TOO_DEEP: 'The JSON is nested deeper than 32 levels',
  NOT_FOUND: 'There is no such thing in this tenant',
  IDEMPOTENCY_IN_PROGRESS: 'The same request is being worked on and did not end in time',
  BODY_TOO_LARGE: 'The body, after decompression, is larger than MAX_BODY_BYTES allows',
  TOO_MANY_FIELDS: 'The form has more fields than any record',
  TOO_MANY_RECORDS: 'The body has more records than MAX_BATCH_RECORDS allows',
  TOO_MANY_ROWS: 'The records of the body have more than 50,000 subform rows together',
  ENCODING_NOT_SUPPORTED: 'The content encoding is none of gzip, deflate and br',
  UNSUPPORTED_MEDIA_TYPE: 'The content type, or its charset, is not read here',
  NO_RECORDS: 'The body holds no records',
  RECORD_WITHOUT_FIELDS: 'The body names records and holds none of their fields; the detail says which to add',
  WRONG_MODULE: 'The body is of a module that another route takes',
  TENANT_ID_MALFORMED: 'X-Tenant-ID is not 1 to 64 letters, digits, _ or -, or does not begin with a letter or digit',
  IDEMPOTENCY_KEY_MALFORMED: 'Idempotency-Key is not 1 to 255 printable ASCII characters',
  IDEMPOTENCY_KEY_REUSED: 'The Idempotency-Key was used for another body',
  PARAMETER_INVALID: 'A parameter is unknown or has a value that cannot be used; `errors` says which',
  PROFILE_INVALID: 'The profile has mistakes; `errors` names each with its path',
  DATABASE_UNAVAILABLE:
    'The database cannot be reached or is too busy; nothing was acknowledged, so send the request again',
  INTERNAL_ERROR: 'The fault is ours: tell us the request id',
};
