import type { CanonicalValue, Field, ListElement } from './fields';
import type { Operation } from './record';
import type { Parsed } from './values/parsed';
import type { ValueFormat } from './values/value-format';

export type RawRecord = Readonly<Record<string, unknown>>;

interface Found {
  readonly alias: string;
  readonly parsed: Parsed<CanonicalValue>;
}

/** The first alias with a value; else null when one says so; else a merge tag, which counts as missing; else nothing. */
export function readField(record: RawRecord, field: Field, format?: ValueFormat): Found | null {
  let cleared: Found | null = null;
  let unfilled: Found | null = null;
  for (const alias of field.aliases) {
    if (!Object.hasOwn(record, alias)) continue;
    const found = { alias, parsed: field.parse(record[alias], format) };
    if (field.firstPresentWins || found.parsed.kind === 'unusable') return found;
    if (found.parsed.kind === 'merge-tag') unfilled ??= found;
    else if (found.parsed.value !== null) return found;
    else cleared ??= found;
  }
  return cleared ?? unfilled;
}

export function readFirst(
  record: RawRecord,
  aliases: readonly string[],
  field: Field,
  format?: ValueFormat,
): Parsed<CanonicalValue> | null {
  const alias = aliases.find((name) => Object.hasOwn(record, name));
  return alias === undefined ? null : field.parse(record[alias], format);
}

/** The stored elements with those that the record carries put in, each in its place; those set to null left out. */
export function mergeMembers(
  { members }: Field,
  stored: CanonicalValue,
  carried: ReadonlyMap<string, string | null>,
): readonly ListElement[] | null {
  const kept = typeof stored === 'object' && stored !== null ? stored : [];
  const descriptions = new Map(kept.map(({ code, description }) => [code, description ?? null]));
  for (const [code, description] of carried) descriptions.set(code, description);
  const elements = members.flatMap(({ code }) => {
    const description = descriptions.get(code);
    return description == null ? [] : [{ code, description }];
  });
  return elements.length > 0 ? elements : null;
}

/** Where a record says what it asks for; a body has a word of its own for it too. */
const OF_RECORDS = ['operation', '$state'];
/** Zoho's names that the engine reads of every record, beside id and fields. */
export const READ_OF_ALL: readonly string[] = ['Modified_Time', ...OF_RECORDS];

const OF_BODIES = [...OF_RECORDS, 'event_type'];

/** What a record asks for, in the words of Zoho's notifications; null when it says nothing of the kind. */
export const readOperation = (record: RawRecord): Operation | null => operationIn(record, OF_RECORDS);

/** The same of a body, or a notice. */
export const readBodyOperation = (body: RawRecord): Operation | null => operationIn(body, OF_BODIES);

function operationIn(object: RawRecord, keys: readonly string[]): Operation | null {
  for (const key of keys) {
    const word = object[key];
    if (typeof word !== 'string') continue;
    if (/^deleted?$/i.test(word)) return 'delete';
    if (/^restored?$/i.test(word)) return 'restore';
    if (/^(insert|create|update|edit|upsert)(ed|d)?$/i.test(word)) return 'write';
  }
  return null;
}
