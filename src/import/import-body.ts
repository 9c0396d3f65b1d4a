import { MIMEType } from 'node:util';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Request } from 'express';
import { Problem } from '../request/problem';
import type { Bytes, ImportFormat } from './reading/source-record';
import { unpacked } from './reading/unpacked';

const FORMATS: ReadonlyMap<string, ImportFormat> = new Map([
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['text/csv', 'csv'],
]);

const UNPACKERS = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/** @throws Problem for a type that is not read here, or another charset than UTF-8 */
export function formatOf(request: Request): ImportFormat {
  const type = tryType(request.get('content-type'));
  const format = FORMATS.get(type?.essence ?? '');
  if (!format) throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'Send application/x-ndjson or text/csv');
  if (!/^(utf-?8|us-ascii)$/i.test(type?.params.get('charset') ?? 'utf-8'))
    throw new Problem('UNSUPPORTED_MEDIA_TYPE', 'The charset is not read here. Send UTF-8');
  return format;
}

function tryType(given: string | undefined): MIMEType | null {
  try {
    return new MIMEType(given ?? '');
  } catch {
    return null;
  }
}

/** The bytes of a body of any length, as they come. @param seconds so long it may be silent while it is waited for */
export function bytesOf(request: Request, seconds: number): Bytes {
  const encoding = (request.get('content-encoding') ?? 'identity').toLowerCase();
  const body = chunksOf(request, seconds);
  if (encoding === 'identity') return body;
  if (!Object.hasOwn(UNPACKERS, encoding))
    throw new Problem('ENCODING_NOT_SUPPORTED', 'Send the body plain, or as gzip, deflate or br');
  return readable(unpacked(body, UNPACKERS[encoding as keyof typeof UNPACKERS]));
}

async function* chunksOf(request: Request, seconds: number): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  for (;;) {
    const next = await inTime(chunks.next().catch(cutOff), seconds);
    if (next.done) return;
    yield next.value;
  }
}

/** The time runs only while the body is waited for, and not while its reader is busy, or has gone. */
async function inTime<T>(next: Promise<T>, seconds: number): Promise<T> {
  const { promise: tooSlow, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Problem('BODY_TOO_SLOW', `Nothing of the body arrived for ${seconds} seconds`)),
    seconds * 1_000,
  );
  try {
    return await Promise.race([next, tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

async function* readable(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw cutOffProblem();
  }
}

const cutOff = (): never => {
  throw cutOffProblem();
};

const cutOffProblem = (): Problem =>
  new Problem(
    'BODY_NOT_READABLE',
    'The body is cut off or wrongly compressed. Of what came before, whole portions of 1,000 records are stored: send it again',
  );
