import type { RecordIssue } from '../../sync/record';

export type ImportFormat = 'csv' | 'ndjson';

/** The bytes of a file, as they come. */
export type Bytes = AsyncIterable<Uint8Array>;

/** What the file itself says of how it is written. */
export interface FileLayout {
  readonly format: ImportFormat;
  /** of CSV: the names in the first line, without those that a file of rejected rows adds */
  readonly columns: readonly string[];
  readonly delimiter: string;
}

/** One record of a file: a row of CSV, or a line of NDJSON. */
export interface SourceRecord {
  /** its place in the file, counting from 1; the header and blank lines are no records */
  readonly number: number;
  /** what the entity's parser is given */
  readonly raw: unknown;
  /** why there is nothing to be given */
  readonly fault: RecordIssue | null;
  /** as it came: the cells of a row, or a line; a line that was too long is not kept */
  readonly source: string | readonly string[];
}

/** A file that is being read. */
export interface SourceFile {
  readonly layout: FileLayout;
  /** as many at a time as have been read: to hand them on one by one took as long as to read them */
  readonly records: AsyncGenerator<readonly SourceRecord[]>;
}

/** A record that takes more is refused, so that one that never ends does not fill the memory. */
export const LONGEST_RECORD = 1_024 * 1_024;

/** Columns that a file of rejected rows has beside its own: whoever mends it sends it as it is. */
export const OUR_COLUMNS = ['_record', '_status', '_reasons'] as const;

export const unreadable = (code: string, message: string): RecordIssue => ({ field: 'record', code, message });
