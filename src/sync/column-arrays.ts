import { inSlices } from './slices';

/** A value of a column, spelled as PostgreSQL reads it. */
type Cell = string | number | boolean | null;

/**
 * Columns as PostgreSQL's array literals, for `unnest`. They are built with turns for other requests in between: ten
 * thousand rows in one go would keep everybody waiting for a tenth of a second.
 *
 * @param cells says what a row has in each column
 */
export async function columnArrays<T>(rows: readonly T[], cells: readonly ((row: T) => Cell)[]): Promise<string[]> {
  const columns = cells.map((): string[] => []);
  await inSlices(rows, (row) => {
    for (const [at, cell] of cells.entries()) columns[at]?.push(spell(cell(row)));
  });
  return columns.map((column) => `{${column.join(',')}}`);
}

const SPECIAL = /["\\]/;
const EACH_SPECIAL = /["\\]/g;

function spell(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell !== 'string') return String(cell);
  return `"${SPECIAL.test(cell) ? cell.replaceAll(EACH_SPECIAL, String.raw`\$&`) : cell}"`;
}
