import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unpacked } from '../../import/reading/unpacked';
import type { Bytes } from '../../import/reading/source-record';

/** The file that is imported, or standard input. */
export interface ImportSource {
  /** in bytes; null when nobody knows it */
  readonly size: number | null;
  readonly bytes: Bytes;
  /** how many bytes of the file have been read */
  readonly read: () => number;
}

/** @param file null: standard input @param stopping ends the reading where it is */
export async function openSource(file: string | null, isPacked: boolean, stopping: AbortSignal): Promise<ImportSource> {
  const size = file === null ? null : (await stat(file)).size;
  let count = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    const stream: Readable = file === null ? process.stdin : createReadStream(file);
    for await (const chunk of addAbortSignal(stopping, stream)) {
      count += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  };
  return { size, bytes: isPacked ? unpacked(counted(), createGunzip) : counted(), read: () => count };
}
