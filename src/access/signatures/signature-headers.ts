import { createHmac, hash } from 'node:crypto';
import type { Request } from 'express';

/** A signature as a request carries it. */
export interface GivenSignature {
  /** when it was made, in milliseconds since 1970 by its maker's clock; NaN when it does not say so */
  readonly at: number;
  /** one for each of the maker's secrets */
  readonly signatures: readonly Buffer[];
  /** what the secret makes of the body */
  readonly sign: (secret: string, body: Buffer) => Buffer;
  /** the same for the same message, and covered by the signature; 32 hexadecimal digits */
  readonly messageId: (body: Buffer) => string;
}

const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;
const DECIMAL = /^\d{1,16}(\.\d{1,9})?$/;
/** A time in seconds has so many digits until the year 5138; one in milliseconds has more. */
const MOST_SECONDS = 1e11;

/** null when the request is not signed. */
export const signatureOf = (request: Request): GivenSignature | null =>
  standardSignature(request) ?? zohoSignature(request);

/** Standard Webhooks: `webhook-signature: v1,<base64>`, several after one another, of `<id>.<timestamp>.<body>`. */
function standardSignature(request: Request): GivenSignature | null {
  const given = request.get('webhook-signature');
  if (given === undefined) return null;
  const [id, timestamp] = [request.get('webhook-id') ?? '', request.get('webhook-timestamp') ?? ''];
  const versions = given.split(' ').map((part) => part.split(','));
  return {
    at: id === '' ? Number.NaN : instantOf(timestamp),
    signatures: versions.filter(([version]) => version === 'v1').map(([, text = '']) => Buffer.from(text, 'base64')),
    sign: (secret, body) =>
      createHmac('sha256', Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64'))
        .update(`${id}.${timestamp}.`)
        .update(body)
        .digest(),
    messageId: () => hash('md5', `webhook-id ${id}`, 'hex'),
  };
}

/** As a Deluge function can make it: `X-Zoho-Signature: sha256=<hex or base64>` of `<timestamp>.<body>`. */
function zohoSignature(request: Request): GivenSignature | null {
  const given = request.get('x-zoho-signature');
  if (given === undefined) return null;
  const timestamp = request.get('x-zoho-timestamp') ?? '';
  const sign = (secret: string, body: Buffer): Buffer =>
    createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
  return {
    at: instantOf(timestamp),
    signatures: [bytesOf(given.replace(/^sha256=/i, ''))],
    sign,
    messageId: (body) => hash('md5', Buffer.concat([Buffer.from(`${timestamp}.`), body]), 'hex'),
  };
}

/** Sixty-four hexadecimal digits could be Base64 too, of more bytes than a SHA-256 has. */
const bytesOf = (text: string): Buffer => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');

/** Seconds or milliseconds since 1970. */
function instantOf(timestamp: string): number {
  if (!DECIMAL.test(timestamp)) return Number.NaN;
  const value = Number(timestamp);
  return value < MOST_SECONDS ? value * 1_000 : value;
}
