import { Problem } from '../../request/problem';
import type { EntityDefinition } from '../../sync/fields';
import { shorten } from '../../sync/values/shorten';

const DELIMITERS = [',', ';', '\t'] as const;
const MOST_COLUMNS = 2_000;

/** The delimiter that the first line has most of, outside of quotes: spreadsheets write whichever their country uses. */
export function delimiterOf(first: string): string {
  const line =
    first
      .trimStart()
      .replace(/"[^"]*("|$)/g, '')
      .split(/[\r\n]/, 1)[0] ?? '';
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** The names of the columns. @throws Problem when they do not tell one column from another, or no record by its id */
export function columnsOf(cells: readonly string[], { idAliases, plural }: EntityDefinition): string[] {
  const names = cells.map((cell) => cell.trim());
  const empty = names.indexOf('');
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (names.length > MOST_COLUMNS) throw invalid(`has ${names.length} columns; at most ${MOST_COLUMNS} are read`);
  if (empty !== -1) throw invalid(`has no name for column ${empty + 1}`);
  if (repeated !== undefined) throw invalid(`has two columns of the name ${shorten(repeated)}`);
  if (!idAliases.some((alias) => names.includes(alias)))
    throw invalid(`has no column for the id of ${plural}, which is one of ${idAliases.join(', ')}`);
  return names;
}

const invalid = (message: string): Problem =>
  new Problem('CSV_HEADER_INVALID', `The header, which is the first line, ${message}`);
