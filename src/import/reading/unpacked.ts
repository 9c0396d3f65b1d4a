import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bytes } from './source-record';

/** The bytes after decompression. Nothing begins before they are asked for, so that no error meets nobody. */
export async function* unpacked(bytes: Bytes, by: () => Transform): AsyncGenerator<Uint8Array> {
  const unpacker = by();
  // What goes wrong on either side is told to whoever reads.
  pipeline(bytes, unpacker).catch(() => undefined);
  yield* unpacker as AsyncIterable<Uint8Array>;
}
