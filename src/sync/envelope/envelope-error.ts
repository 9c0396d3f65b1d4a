/** Why a body as a whole cannot be processed. How each is answered over HTTP is told in one table, in `request/`. */
export type EnvelopeFault =
  | 'EMPTY_BODY'
  | 'MALFORMED_JSON'
  | 'INVALID_ENCODING'
  | 'TOO_DEEP'
  | 'TOO_MANY_RECORDS'
  | 'TOO_MANY_ROWS'
  | 'TOO_MANY_FIELDS'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'NO_RECORDS'
  | 'RECORD_WITHOUT_FIELDS'
  | 'WRONG_MODULE';

export class EnvelopeError extends Error {
  constructor(
    readonly fault: EnvelopeFault,
    message: string,
  ) {
    super(message);
  }
}
