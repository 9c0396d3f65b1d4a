import type { FieldTable, ListElement } from '../fields';
import { unwrapJson } from './lookup';
import { NULL, type Parsed, unusable, usable } from './parsed';
import { shorten } from './shorten';
import type { ValueFormat } from './value-format';

/** A subform of Zoho CRM holds 200 rows at most. */
const LONGEST_LIST = 1_000;
const LONGEST_JSON = 1_000_000;

/** A subform's rows in the order given, as JSON or as a string that holds it. An empty list is null. */
export function parseList(raw: unknown, columns: FieldTable, format: ValueFormat): Parsed<readonly ListElement[]> {
  if (raw === null || raw === undefined) return NULL;
  const value = unwrapJson(raw, LONGEST_JSON);
  if (value === null || (typeof value === 'string' && value.trim() === '')) return NULL;
  if (!Array.isArray(value)) return unusable(raw, 'must be a list');
  if (value.length > LONGEST_LIST) return unusable(raw, `has more than ${LONGEST_LIST} rows`);
  const elements: ListElement[] = [];
  for (const [at, row] of value.entries()) {
    const parsed = parseElement(row, columns, at, format);
    if (parsed.kind !== 'value') return parsed;
    if (parsed.value) elements.push(parsed.value);
  }
  return elements.length > 0 ? usable(elements) : NULL;
}

function parseElement(row: unknown, columns: FieldTable, at: number, format: ValueFormat): Parsed<ListElement> {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    const within = { field: `[${at}]`, alias: `[${at}]` };
    return { kind: 'unusable', message: 'must be an object', raw: shorten(row), within };
  }
  const element: Record<string, string | null> = {};
  for (const [name, { aliases, parse }] of Object.entries(columns)) {
    const alias = aliases.find((candidate) => Object.hasOwn(row, candidate)) ?? aliases[0] ?? name;
    const parsed = parse((row as Record<string, unknown>)[alias], format);
    if (parsed.kind === 'unusable') {
      return { ...parsed, within: { field: `[${at}].${name}`, alias: `[${at}].${alias}` } };
    }
    if (parsed.kind === 'merge-tag') return parsed;
    element[name] = typeof parsed.value === 'string' ? parsed.value : null;
  }
  return usable(element);
}
