import { isUtf8 } from 'node:buffer';
import type { Bytes } from './source-record';

/** The most bytes of a character that a chunk may end in the middle of. */
const LONGEST_REST = 3;

/** Watches bytes go by, and remembers whether any of them were no UTF-8: a decoder would replace those in silence. */
export class Utf8Watch {
  /** Whether what stands as U+FFFD in decoded text may be what could not be decoded. */
  isBroken = false;

  async *over(bytes: Bytes): AsyncGenerator<Buffer> {
    let rest = Buffer.alloc(0);
    for await (const chunk of bytes) {
      const whole = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (!this.isBroken) {
        const seen = rest.length > 0 ? Buffer.concat([rest, whole]) : whole;
        const end = seen.length - unfinished(seen);
        this.isBroken = !isUtf8(seen.subarray(0, end));
        rest = Buffer.from(seen.subarray(end));
      }
      yield whole;
    }
    this.isBroken ||= rest.length > 0;
  }
}

/** How many bytes at the end are the beginning of a character that is not all there. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(LONGEST_REST, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}
