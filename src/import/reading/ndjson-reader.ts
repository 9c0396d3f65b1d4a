import { isUtf8 } from 'node:buffer';
import { DEEPEST, parseJson } from '../../sync/json';
import type { RecordIssue } from '../../sync/record';
import { begin } from './first-bytes';
import { type Bytes, LONGEST_RECORD, type SourceFile, type SourceRecord, unreadable } from './source-record';

const LINE_FEED = 0x0a;

/** A line with its number, counting blank ones; null for one that was too long to be kept. */
interface Line {
  readonly number: number;
  readonly bytes: Buffer | null;
}

/** One JSON object a line. A line that cannot be read is a record of its own, and the others are read on. */
export async function readNdjson(bytes: Bytes): Promise<SourceFile> {
  const begun = await begin(bytes, (first) => /\S/.test(first));
  return { layout: { format: 'ndjson', columns: [], delimiter: '' }, records: records(begun.bytes) };
}

async function* records(bytes: Bytes): AsyncGenerator<readonly SourceRecord[]> {
  let number = 0;
  for await (const lines of linesOf(bytes)) {
    yield lines
      .filter((line) => line.bytes === null || !isBlank(line.bytes))
      .map((line) => {
        number += 1;
        return toRecord(number, line);
      });
  }
}

function toRecord(number: number, { number: at, bytes }: Line): SourceRecord {
  if (bytes === null)
    return faulty(number, '', unreadable('TOO_LONG', `line ${at} is longer than ${LONGEST_RECORD} bytes`));
  const source = bytes.toString().trim();
  if (!isUtf8(bytes)) return faulty(number, source, unreadable('INVALID_ENCODING', `line ${at} is not valid UTF-8`));
  const json = parseJson(source);
  if (json.ok) return { number, raw: json.value, fault: null, source };
  if (json.problem === 'too-deep')
    return faulty(number, source, unreadable('TOO_DEEP', `line ${at} is nested deeper than ${DEEPEST} levels`));
  const where = json.place ? `: column ${json.place.column}` : '';
  return faulty(number, source, unreadable('MALFORMED_JSON', `line ${at} is not valid JSON${where}`));
}

const faulty = (number: number, source: string, fault: RecordIssue): SourceRecord => ({
  number,
  raw: null,
  fault,
  source,
});

/** Of a line that is too long no more is held than the limit, however long it goes on. */
async function* linesOf(bytes: Bytes): AsyncGenerator<readonly Line[]> {
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const finish = (): Line => {
    const line = { number, bytes: length > LONGEST_RECORD ? null : Buffer.concat(parts) };
    number += 1;
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of bytes) {
    const whole = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Line[] = [];
    for (let from = 0; from < whole.length;) {
      const end = whole.indexOf(LINE_FEED, from);
      const part = whole.subarray(from, end === -1 ? whole.length : end);
      length += part.length;
      if (length > LONGEST_RECORD) parts = [];
      else parts.push(part);
      if (end === -1) break;
      lines.push(finish());
      from = end + 1;
    }
    yield lines;
  }
  if (length > 0) yield [finish()];
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
