import { parseJson } from '../json';
import { NULL, type Parsed, unusable } from './parsed';
import { LONGEST_LINE, parseText } from './text';
import { parseZohoId } from './zoho-id';

/**
 * The id that a lookup field names. Zoho writes `{"id","name"}`, `{"id": 123}`, a bare id, null, `{}`, `[]`,
 * `[{"id"}]`, or any of these as JSON inside a string.
 */
export function parseLookup(raw: unknown): Parsed<string> {
  const value = unwrapJson(raw);
  if (!Array.isArray(value)) return parseOne(value, raw);
  if (value.length > 1) return unusable(raw, `names ${value.length} records where one is expected`);
  return value.length === 0 ? NULL : parseOne(value[0], raw);
}

/** The name beside the id that a lookup field names; null for a bare id. */
export function parseLookupName(raw: unknown): Parsed<string> {
  const value = unwrapJson(raw);
  const lookup: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof lookup !== 'object' || lookup === null) return NULL;
  return parseText((lookup as { name?: unknown }).name, LONGEST_LINE);
}

/** Text as it is, or the name of a lookup. */
export function parseTextOrName(raw: unknown): Parsed<string> {
  const value = unwrapJson(raw);
  return typeof value === 'object' && value !== null ? parseLookupName(value) : parseText(raw, LONGEST_LINE);
}

/** A lookup's id and name, several times over. */
const LONGEST_JSON = 10_000;

function parseOne(value: unknown, raw: unknown): Parsed<string> {
  if (typeof value !== 'object' || value === null) return parseZohoId(value);
  if (Array.isArray(value)) return unusable(raw, 'is a list inside a list, not a lookup');
  if (Object.keys(value).length === 0) return NULL;
  const { id } = value as { id?: unknown };
  if (id === undefined || id === null) return unusable(raw, 'names a record without its id');
  if (typeof id === 'object') return unusable(raw, 'has an id that is not text');
  const parsed = parseZohoId(id);
  return parsed.kind === 'value' && parsed.value === null ? unusable(raw, 'names a record without its id') : parsed;
}

/** A string that looks like JSON is read as JSON; one that is not JSON after all stays what it is, and is no id. */
export function unwrapJson(raw: unknown, longest = LONGEST_JSON): unknown {
  if (typeof raw !== 'string' || raw.length > longest || !/^\s*([[{"]|null\s*$)/.test(raw)) return raw;
  const json = parseJson(raw);
  return json.ok ? json.value : raw;
}
