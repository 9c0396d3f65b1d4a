import { hash } from 'node:crypto';
import { countRows } from '../../sync/envelope/envelope-reader';
import type { SourceFile, SourceRecord } from './source-record';

/** Records that are applied together. The same file is always cut in the same places. */
export interface Portion {
  /** counts from 1 */
  readonly number: number;
  readonly records: readonly SourceRecord[];
  /** SHA-256 of what stands in the file, in hexadecimal */
  readonly digest: string;
}

const MOST_RECORDS = 1_000;
/** What a portion may hold in memory is bounded whatever its records are: long, or with many rows in their subforms. */
const MOST_CHARACTERS = 2 * 1_024 * 1_024;
const MOST_ROWS = 10_000;

/** Cuts a file into portions, as they are asked for. */
export async function* portionsOf({ layout, records }: SourceFile): AsyncGenerator<Portion> {
  let portion = new OpenPortion(1, layout.columns);
  for await (const several of records) {
    for (const record of several) {
      portion.add(record);
      if (!portion.isFull) continue;
      yield portion.close();
      portion = new OpenPortion(portion.number + 1, layout.columns);
    }
  }
  if (portion.records.length > 0) yield portion.close();
}

class OpenPortion {
  readonly records: SourceRecord[] = [];
  private characters = 0;
  private rows = 0;
  private readonly texts: string[];

  constructor(
    readonly number: number,
    columns: readonly string[],
  ) {
    this.texts = [JSON.stringify(columns)];
  }

  get isFull(): boolean {
    return this.records.length >= MOST_RECORDS || this.characters >= MOST_CHARACTERS || this.rows >= MOST_ROWS;
  }

  add(record: SourceRecord): void {
    const text = typeof record.source === 'string' ? record.source : JSON.stringify(record.source);
    this.texts.push(text);
    this.characters += text.length;
    this.rows += countRows([record.raw]);
    this.records.push(record);
  }

  close(): Portion {
    const digest = hash('sha256', `${this.texts.join('\n')}\n`, 'hex');
    return { number: this.number, records: this.records, digest };
  }
}
