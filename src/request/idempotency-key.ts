import { hash } from 'node:crypto';
import type { Request } from 'express';
import { Problem } from './problem';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** The caller's `Idempotency-Key`, else the MD5 of the raw body in hexadecimal. */
export function idempotencyKeyOf(request: Request, body: Uint8Array): string {
  const given = request.get('idempotency-key') ?? request.get('x-idempotency-key');
  if (given === undefined) return hash('md5', body, 'hex');
  if (PRINTABLE.test(given)) return given;
  throw new Problem('IDEMPOTENCY_KEY_MALFORMED', 'Idempotency-Key must be 1 to 255 printable ASCII characters');
}
