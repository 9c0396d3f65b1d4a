import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { Problem } from '../../request/problem';
import type { EntityDefinition } from '../../sync/fields';
import { allThatIsRead } from './all-that-is-read';
import { columnsOf, delimiterOf } from './csv-header';
import { begin } from './first-bytes';
import {
  type Bytes,
  LONGEST_RECORD,
  OUR_COLUMNS,
  type SourceFile,
  type SourceRecord,
  unreadable,
} from './source-record';
import { Utf8Watch } from './utf8-watch';

const OURS: ReadonlySet<string> = new Set(OUR_COLUMNS);
const REPLACEMENT = '\uFFFD';

/**
 * Rows of CSV under a header, quoted as RFC 4180 has it. A row with too many or too few cells is a record that cannot be
 * read, and the others are read on; a quote that is left open swallows what follows, so that ends the reading.
 */
export async function readCsv(bytes: Bytes, definition: EntityDefinition): Promise<SourceFile> {
  const { first, bytes: all } = await begin(bytes, hasHeader);
  const delimiter = delimiterOf(first.toString());
  const watch = new Utf8Watch();
  const rows = rowsOf(watch.over(all), delimiter);
  const [header, ...rest] = (await rows.next()).value ?? [];
  if (!header) throw new Problem('EMPTY_BODY', 'There is nothing in it. Send CSV with a header');
  const names = columnsOf(header, definition);
  return {
    layout: { format: 'csv', columns: names.filter((name) => !OURS.has(name)), delimiter },
    records: records(rest, rows, names, watch),
  };
}

/** Two looks, each along the text once: one pattern for both would begin anew at every letter of a line without an end. */
const hasHeader = (first: string): boolean => /[\r\n]/.test(first.trimStart());

async function* records(
  first: readonly string[][],
  rows: AsyncGenerator<string[][], void>,
  names: readonly string[],
  watch: Utf8Watch,
): AsyncGenerator<readonly SourceRecord[]> {
  const kept = names.map((name, at) => [name, at] as const).filter(([name]) => !OURS.has(name));
  const [from, isOurs] = [names.length - kept.length, names.map((name) => OURS.has(name))];
  let number = 0;
  const toRecord = (cells: string[]): SourceRecord => {
    number += 1;
    const source = from === 0 ? cells : cells.filter((_cell, at) => !isOurs[at]);
    const fault = faultOf(cells, names, watch);
    return { number, raw: fault ? null : toRaw(cells, kept), fault, source };
  };
  yield first.map(toRecord);
  for await (const several of rows) yield several.map(toRecord);
}

function faultOf(cells: readonly string[], names: readonly string[], watch: Utf8Watch) {
  if (cells.length !== names.length)
    return unreadable('WRONG_NUMBER_OF_CELLS', `the row has ${cells.length} cells; the header has ${names.length}`);
  if (watch.isBroken && cells.some((cell) => cell.includes(REPLACEMENT)))
    return unreadable('INVALID_ENCODING', 'the row is not valid UTF-8');
  return null;
}

/** What Zoho has no value for it exports as an empty cell. No name of a column means anything to JavaScript. */
function toRaw(
  cells: readonly string[],
  kept: readonly (readonly [string, number])[],
): Readonly<Record<string, string | null>> {
  const raw = Object.create(null) as Record<string, string | null>;
  for (const [name, at] of kept) raw[name] = cells[at] === '' ? null : (cells[at] ?? null);
  return raw;
}

/** Lines with nothing in them, not in one cell, are no rows: spreadsheets leave them at the end. */
async function* rowsOf(bytes: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<string[][], void> {
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: LONGEST_RECORD,
  });
  const source = Readable.from(bytes, { objectMode: false, highWaterMark: 1 });
  // An error on either side is the reader's: the parser ends with it.
  pipeline(source, parser).catch(() => undefined);
  try {
    yield* allThatIsRead<string[]>(parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // The header is the first that it counts.
    const count = Number(error['records']);
    const row = count === 0 ? 'The header' : `Record ${count}`;
    throw new Problem(
      'CSV_NOT_READABLE',
      `${row} is longer than ${LONGEST_RECORD} bytes or does not end: is a quote left open? What follows cannot be read`,
    );
  } finally {
    source.destroy();
  }
}
