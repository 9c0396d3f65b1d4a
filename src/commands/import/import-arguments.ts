import { parseArgs } from 'node:util';
import { TENANT_ID_PATTERN } from '../../request/tenant-id';
import type { ImportFormat } from '../../import/reading/source-record';

export const USAGE = `Usage: npm run import -- <entity> <file> [options]
  <entity>             students, programs, classes, enrollments, … as in the routes
  <file>               .csv, .tsv, .ndjson or .jsonl, also with .gz behind it; - is standard input
  --format csv|ndjson  when the name of the file does not say it
  --tenant college     whose records they are
  --dry-run            tell what would happen, and write nothing
  --full               the file has all records that there are: tell which of the stored ones it lacks
  --delete-missing 50  delete those, provided that they are 50 at most
  --rejected file      where the rejected records are written to
  --key name           what an unfinished import is found by, in place of how the file begins
  --restart            begin anew, though the file was begun before`;

const OPTIONS = {
  format: { type: 'string' },
  tenant: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  'delete-missing': { type: 'string' },
  rejected: { type: 'string' },
  key: { type: 'string' },
  restart: { type: 'boolean', default: false },
} as const;

/** What was typed behind the command's name. */
export interface ImportArguments {
  readonly entity: string;
  /** null: standard input */
  readonly file: string | null;
  readonly format: ImportFormat;
  readonly isPacked: boolean;
  readonly tenantId: string;
  readonly dryRun: boolean;
  readonly full: boolean;
  readonly deleteMissing: number | null;
  readonly rejected: string | null;
  readonly key: string | null;
  readonly restart: boolean;
}

/** What was typed cannot be meant. */
export class Misspelt extends Error {}

const FORMATS: ReadonlyMap<string, ImportFormat> = new Map([
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
]);

/** What a name ends with that says what is in the file. */
export const ENDING = /\.(csv|tsv|ndjson|jsonl)(\.gz)?$/i;

/** @throws Misspelt */
export function readArguments(args: readonly string[], defaultTenant: string): ImportArguments {
  const { values, positionals } = parsed(args);
  const [entity, file, ...more] = positionals;
  if (entity === undefined || file === undefined || more.length > 0)
    throw new Misspelt('An entity and a file are needed');
  const { full, restart, key = null, rejected = null, tenant = defaultTenant } = values;
  if (!TENANT_ID_PATTERN.test(tenant)) throw new Misspelt('--tenant is 1 to 64 letters, digits, _ or -');
  if (key !== null && !/^[\x20-\x7e]{1,255}$/.test(key))
    throw new Misspelt('--key is 1 to 255 printable ASCII characters');
  const deleteMissing = countOf(values['delete-missing']);
  if (deleteMissing !== null && !full) throw new Misspelt('--delete-missing is for a file that is --full');
  return {
    entity,
    file: file === '-' ? null : file,
    format: formatOf(values.format, file),
    isPacked: /\.gz$/i.test(file),
    tenantId: tenant,
    dryRun: values['dry-run'],
    full,
    deleteMissing,
    rejected,
    key,
    restart,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      throw new Misspelt(error.message, { cause: error });
    throw error;
  }
}

function formatOf(named: string | undefined, file: string): ImportFormat {
  if (named !== undefined && named !== 'csv' && named !== 'ndjson') throw new Misspelt('--format is csv or ndjson');
  const format = named ?? FORMATS.get(ENDING.exec(file)?.[1]?.toLowerCase() ?? '');
  if (!format)
    throw new Misspelt('The name of the file does not say what is in it: add --format csv or --format ndjson');
  return format;
}

function countOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  if (!/^\d{1,9}$/.test(given)) throw new Misspelt('--delete-missing is the most records that may be deleted');
  return Number(given);
}
