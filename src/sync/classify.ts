import { diff } from './diff';
import type { EntityDefinition } from './fields';
import type { FingerprintService } from './fingerprint.service';
import type { IngressParser } from './ingress-parser';
import type { Outcome } from './outcome';
import type { CanonicalValues, ParsedRecord, RecordIssue } from './record';

/** A row as the engine sees it: the canonical record that it holds, and how old that is. */
export interface RowState {
  readonly values: CanonicalValues;
  readonly fingerprint: string;
  /** ISO instant in UTC; null when no record came with a `Modified_Time` */
  readonly version: string | null;
}

/** A record's outcome, and the row as the record leaves it. */
export interface Classified {
  readonly outcome: Outcome;
  readonly state: RowState | null;
}

/** Values of a unique field that other records hold, each with the zoho_id of its holder. */
export type TakenValues = ReadonlyMap<string, string>;

/** What classifying one entity's records takes. */
export interface Classifier {
  readonly parser: IngressParser;
  readonly fingerprints: FingerprintService;
}

/** Merges one record onto the row (missing keeps, null clears), judges the result and says what it is. */
export function classify(by: Classifier, record: ParsedRecord, row: RowState | null, taken: TakenValues): Classified {
  const { definition } = by.parser;
  if (isStale(record, row)) return { outcome: stale(definition, record, row), state: row };
  const reading = by.parser.read(record, row?.values ?? null);
  const merged = { ...emptyRecord(definition), ...row?.values, ...reading.values };
  const errors = [
    ...reading.issues,
    ...missingFields(definition, merged, reading.issues),
    ...takenFields(definition, merged, taken),
  ];
  if (errors.length > 0) return { outcome: invalid(errors, reading.warnings), state: row };
  const state: RowState = {
    values: merged,
    fingerprint: by.fingerprints.fingerprint(definition, merged),
    version: later(record.version, row?.version ?? null),
  };
  const outcome = { ...compare(definition, row, state), ...withWarnings(reading.warnings) };
  return { outcome, state: row && isSame(row, state) ? row : state };
}

/** The form in which a unique value is compared: upper and lower case are the same. */
export const claimOf = (value: string): string => value.toLowerCase();

/** The field whose values no two rows of a tenant may share, if the entity has one. */
export function uniqueField({ fields }: EntityDefinition): string | undefined {
  return Object.keys(fields).find((name) => fields[name]?.unique);
}

function isStale(record: ParsedRecord, row: RowState | null): boolean {
  return record.version !== null && row?.version != null && record.version < row.version;
}

const isSame = (a: RowState, b: RowState): boolean => a.fingerprint === b.fingerprint && a.version === b.version;

const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a);

function emptyRecord({ fields }: EntityDefinition): CanonicalValues {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
}

function missingFields(
  { fields }: EntityDefinition,
  merged: CanonicalValues,
  found: readonly RecordIssue[],
): RecordIssue[] {
  const faulty = new Set(found.map(({ field }) => field));
  return Object.keys(fields)
    .filter((name) => fields[name]?.required && merged[name] === null && !faulty.has(name))
    .map((field) => ({ field, code: 'MANDATORY_NOT_FOUND', message: `${field} is required` }));
}

function takenFields(definition: EntityDefinition, merged: CanonicalValues, taken: TakenValues): RecordIssue[] {
  const field = uniqueField(definition);
  const value = field && merged[field];
  const holder = value && taken.get(claimOf(value));
  if (!field || !holder) return [];
  return [{ field, code: 'DUPLICATE_DATA', message: `${field} is already used by ${definition.name} ${holder}` }];
}

function compare(definition: EntityDefinition, row: RowState | null, state: RowState): Outcome {
  const label = labelOf(definition);
  if (!row) return { status: 'NEW', message: `${label} created` };
  const changes = row.fingerprint === state.fingerprint ? {} : diff(definition, row.values, state.values);
  const names = Object.keys(changes);
  if (names.length === 0) return { status: 'UNCHANGED', message: `${label} unchanged` };
  return { status: 'UPDATED', message: `${label} updated: ${names.join(', ')}`, changes };
}

function stale(definition: EntityDefinition, record: ParsedRecord, row: RowState | null): Outcome {
  const message = `${labelOf(definition)} not changed: Modified_Time ${record.version} is older than the stored ${row?.version}`;
  return { status: 'STALE', message, ...withWarnings(record.warnings) };
}

function invalid(errors: readonly RecordIssue[], warnings: readonly RecordIssue[]): Outcome {
  const message = errors.map((error) => error.message).join('; ');
  return { status: 'INVALID', message, errors, ...withWarnings(warnings) };
}

export const withWarnings = (warnings: readonly RecordIssue[]): { warnings?: readonly RecordIssue[] } =>
  warnings.length > 0 ? { warnings } : {};

const labelOf = ({ name }: EntityDefinition): string => name.charAt(0).toUpperCase() + name.slice(1);
