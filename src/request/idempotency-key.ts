import { hash } from 'node:crypto';
import type { Request as ExpressRequest } from 'express';
import { Problem } from './problem';
import { rawBodyOf } from './raw-body';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

export interface IdempotencyKey {
  readonly key: string;
  /** the caller named it; else it is the MD5 of the raw body in hexadecimal */
  readonly isExplicit: boolean;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Of a signed message: what stands for it when it comes again. Covered by the signature, unlike a header. */
    signedMessageId?: string;
    idempotencyKey?: IdempotencyKey;
  }
}

/** The caller's `Idempotency-Key`, else the one of a signed message, else one made of the body. */
export const idempotencyKeyOf = (request: ExpressRequest): IdempotencyKey =>
  (request.idempotencyKey ??= readKey(request));

function readKey(request: ExpressRequest): IdempotencyKey {
  const given = request.get('idempotency-key') ?? request.get('x-idempotency-key');
  const { signedMessageId } = request;
  // A message that is signed is the same request when it comes again, so it is never worked on twice.
  if (given === undefined && signedMessageId !== undefined) return { key: signedMessageId, isExplicit: true };
  if (given === undefined) return { key: hash('md5', rawBodyOf(request), 'hex'), isExplicit: false };
  const { 'idempotency-key': named = [], 'x-idempotency-key': also = [] } = request.headersDistinct;
  const isRepeated = named.length > 1 || (named.length === 0 && also.length > 1);
  if (!isRepeated && PRINTABLE.test(given)) return { key: given, isExplicit: true };
  throw new Problem(
    'IDEMPOTENCY_KEY_MALFORMED',
    'Idempotency-Key must be given once, as 1 to 255 printable ASCII characters',
  );
}
