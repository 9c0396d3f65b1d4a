import { parseJson } from '../json';
import { NULL, type Parsed, unusable } from './parsed';
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
function unwrapJson(raw: unknown): unknown {
  if (typeof raw !== 'string' || raw.length > LONGEST_JSON || !/^\s*([[{"]|null\s*$)/.test(raw)) return raw;
  const json = parseJson(raw);
  return json.ok ? json.value : raw;
}
