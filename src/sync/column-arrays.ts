import { inSlices } from './slices';

/** A value of a column, spelled as PostgreSQL reads it. */
type Cell = string | number | boolean | null;

/** So many rows are spelled column by column before others may have a turn. */
const ROWS_AT_A_STRETCH = 200;

/**
 * Columns as PostgreSQL's array literals, for `unnest`. They are built with turns for other requests in between: ten
 * thousand rows in one go would keep everybody waiting for a tenth of a second.
 *
 * @param cells says what a row has in each column
 * @returns a literal for each column; null for one without any value, which `unnest` fills with NULL beside the others
 */
export async function columnArrays<T>(
  rows: readonly T[],
  cells: readonly ((row: T) => Cell)[],
): Promise<(string | null)[]> {
  const columns = cells.map((cell) => new Column(cell));
  const stretches = Array.from({ length: Math.ceil(rows.length / ROWS_AT_A_STRETCH) }, (_none, n) => n);
  await inSlices(stretches, (n) => {
    const stretch = rows.slice(n * ROWS_AT_A_STRETCH, (n + 1) * ROWS_AT_A_STRETCH);
    for (const column of columns) column.add(stretch);
  });
  return columns.map((column) => column.literal);
}

class Column<T> {
  private readonly spelled: string[] = [];
  private isEmpty = true;

  constructor(private readonly cell: (row: T) => Cell) {}

  add(rows: readonly T[]): void {
    for (const row of rows) {
      const cell = this.cell(row);
      if (cell !== null) this.isEmpty = false;
      this.spelled.push(cell === null ? 'NULL' : spell(cell));
    }
  }

  get literal(): string | null {
    return this.isEmpty ? null : `{${this.spelled.join(',')}}`;
  }
}

const SPECIAL = /["\\]/;
const EACH_SPECIAL = /["\\]/g;

function spell(cell: string | number | boolean): string {
  if (typeof cell !== 'string') return String(cell);
  return `"${SPECIAL.test(cell) ? cell.replaceAll(EACH_SPECIAL, String.raw`\$&`) : cell}"`;
}
