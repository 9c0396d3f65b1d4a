import type { RejectedSource } from '../../import/import-order';
import { type FileLayout, OUR_COLUMNS } from '../../import/reading/source-record';

/** The first line of a file of rejected rows: our columns come first, where a row with too many cells cannot move them. */
export const headerOf = ({ format, columns, delimiter }: FileLayout): string =>
  format === 'csv' ? rowOf([...OUR_COLUMNS, ...columns], delimiter) : '';

/** A rejected record as it came, with why: it can be mended there, and imported as it is. */
export function lineOf({ record, status, message, errors = [], source }: RejectedSource, layout: FileLayout): string {
  const reasons = errors.length > 0 ? errors.map((error) => `${error.field}: ${error.message}`).join('; ') : message;
  if (typeof source !== 'string') return rowOf([String(record), status, reasons, ...source], layout.delimiter);
  const ours = JSON.stringify({ _record: record, _status: status, _reasons: reasons });
  // The line is kept letter for letter: to read and write it again would change its numbers.
  const isObject = /^\{\s*"/.test(source) && source.endsWith('}') && !errors.some(({ code }) => UNREADABLE.has(code));
  if (isObject) return `${ours.slice(0, -1)},${source.slice(1)}\n`;
  return `${ours.slice(0, -1)},"_line":${JSON.stringify(source)}}\n`;
}

const UNREADABLE: ReadonlySet<string> = new Set(['MALFORMED_JSON', 'TOO_DEEP', 'INVALID_ENCODING', 'TOO_LONG']);

/** Cells are written as they came; what a spreadsheet would take for a formula too, as it is Zoho's text. */
const rowOf = (cells: readonly string[], delimiter: string): string =>
  `${cells.map((cell) => (/["\r\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\r\n`;
