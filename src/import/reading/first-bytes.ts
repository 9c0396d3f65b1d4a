import { Problem } from '../../request/problem';
import { type Bytes, LONGEST_RECORD } from './source-record';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const UTF_16 = [Buffer.of(0xff, 0xfe), Buffer.of(0xfe, 0xff)];

/** What a file begins with, and all of it. */
export interface Begun {
  /** without a byte-order mark */
  readonly first: Buffer;
  /** the first bytes and those after them */
  readonly bytes: Bytes;
}

/**
 * Reads so far that it can be told how the file is written.
 *
 * @param isEnough whether this text tells it; more than the longest record is not waited for
 * @throws Problem for a file with nothing in it, and for one that is no UTF-8 from its first bytes on
 */
export async function begin(bytes: Bytes, isEnough: (first: string) => boolean): Promise<Begun> {
  const source = bytes[Symbol.asyncIterator]();
  let first = Buffer.alloc(0);
  while (first.length < BYTE_ORDER_MARK.length || (first.length < LONGEST_RECORD && !isEnough(first.toString()))) {
    const { done, value } = await source.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  if (UTF_16.some((mark) => first.subarray(0, mark.length).equals(mark))) {
    throw new Problem('INVALID_ENCODING', 'The file is UTF-16. Save it as UTF-8: "CSV UTF-8" in spreadsheets');
  }
  const isMarked = first.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
  const rest = isMarked ? first.subarray(BYTE_ORDER_MARK.length) : first;
  if (rest.toString().trim() === '') {
    throw new Problem('EMPTY_BODY', 'There is nothing in it. Send CSV with a header, or one JSON object a line');
  }
  return { first: rest, bytes: joined(rest, source) };
}

async function* joined(first: Buffer, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
