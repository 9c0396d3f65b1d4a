import { type Changes, diff } from './diff';
import { indexOf } from './field-index';
import { type EntityDefinition, textOf } from './fields';
import type { FingerprintService } from './fingerprint.service';
import type { IngressParser } from './ingress-parser';
import { type Outcome, withWarnings } from './outcome';
import { reasonOf } from './reasons';
import type { CanonicalValues, ParsedRecord, Reading, RecordIssue } from './record';
import type { KnownReferences } from './reference-resolver';
import {
  claimOf,
  emptyRecord,
  isBlank,
  isSameState,
  later,
  type MissingParent,
  type RowState,
  type Standing,
  uniqueField,
} from './row-state';

/** A record's outcome, and what is stored and what waits after it. */
interface Classified extends Standing {
  readonly outcome: Outcome;
  /** what the history is to tell; null when nothing stored has changed */
  readonly changes: Changes | null;
  /** what it waits for, when it does */
  readonly missing: readonly MissingParent[];
}

/** Values of a unique field that other records hold, each with the zoho_id of its holder. */
export type TakenValues = ReadonlyMap<string, string>;

/** What classifying one entity's records takes. */
export interface Classifier {
  readonly parser: IngressParser;
  /** the entity's declaration, as the tenant's profile has it */
  readonly definition: EntityDefinition;
  readonly fingerprints: FingerprintService;
  /** null when the work is not a caller's: what waits keeps the run that brought it */
  readonly runId: string | null;
  /** ISO instant: the version of a tombstone whose record had none */
  readonly receivedAt: string;
  /** whether a record with a missing parent is kept */
  readonly defers: boolean;
}

/** Merges one record onto row and waiting values (missing keeps, null clears), judges the result and says what it is. */
export function classify(
  by: Classifier,
  record: ParsedRecord,
  standing: Standing,
  known: KnownReferences,
  taken: TakenValues,
): Classified {
  const { definition } = by;
  const { row, waiting } = standing;
  const version = later(row?.version ?? null, waiting?.version ?? null);
  const isUndoing = record.operation === 'restore' && isTimedByReceipt(row);
  if (version !== null && !isUndoing && isOutOfDate(record, version, row)) {
    return unmoved(standing, stale(by, record, version));
  }
  if (record.operation === 'delete') return bury(by, record, standing, record.version ?? later(by.receivedAt, version));
  const base = baseOf(definition, standing);
  const reading = by.parser.read(definition, record, base);
  const isRepeat = row !== null && base === row.values && addsNothing(row.values, reading.values);
  const merged = isRepeat ? row.values : { ...indexOf(definition).empty, ...base, ...reading.values };
  const errors = faultsOf(by, merged, reading, taken);
  if (errors.length > 0) return unmoved(standing, invalid(errors, reading.warnings));
  const newest = isUndoing ? (record.version ?? version) : later(record.version, version);
  // A repeat names no other parents than its row does.
  const missing = isRepeat && !row.deletedAt ? NOT_MISSING : missingParents(definition, merged, row, known);
  if (missing.length > 0) {
    const waits = { values: { ...waiting?.values, ...reading.values }, version: newest, runId: by.runId };
    // What waits already goes on waiting when the tenant lets nothing new wait.
    const isKept = by.defers || waiting !== null;
    const outcome = skipped(by, missing, reading.warnings, isKept);
    return { outcome, changes: null, row, waiting: isKept ? waits : null, missing };
  }
  const fingerprint = by.fingerprints.fingerprint(definition, merged);
  const state: RowState = { values: merged, fingerprint, version: newest, deletedAt: null };
  const compared = compare(definition, row, state);
  const outcome = reading.warnings.length > 0 ? { ...compared, warnings: reading.warnings } : compared;
  const changes = row ? (outcome.changes ?? null) : diff(definition, {}, merged);
  return { outcome, changes, row: row && isSameState(row, state) ? row : state, waiting: null, missing: NOT_MISSING };
}

const NOT_MISSING: readonly MissingParent[] = [];

/** Whether every value is stored already. Lists are compared as a whole, by whoever looks for what differs in them. */
function addsNothing(stored: CanonicalValues, values: CanonicalValues): boolean {
  for (const name in values) if (stored[name] !== values[name]) return false;
  return true;
}

const unmoved = (standing: Standing, outcome: Outcome): Classified => ({
  ...standing,
  outcome,
  changes: null,
  missing: NOT_MISSING,
});

/** As old as a tombstone is out of date too: a late copy of the record's last version must not bring it back. */
function isOutOfDate({ version, operation }: ParsedRecord, known: string, row: RowState | null): boolean {
  if (version === null) return false;
  const revives = row?.deletedAt && operation === 'write';
  return revives ? version <= known : version < known;
}

/** The notice of the deletion had no `Modified_Time`, so that an older one says nothing against a restore. */
const isTimedByReceipt = (row: RowState | null): boolean => row?.deletedAt != null && row.version === row.deletedAt;

/** What a record is merged onto: the row with what waits for it; null when the entity's record was never seen. */
function baseOf(definition: EntityDefinition, { row, waiting }: Standing): CanonicalValues | null {
  const stored = row && !(row.deletedAt && isBlank(row.values)) ? row.values : null;
  if (!waiting) return stored;
  return { ...(stored ?? emptyRecord(definition)), ...waiting.values };
}

/**
 * A record that is deleted before it was ever seen leaves a tombstone too, so that a late older version stays out.
 * What waited for a parent is kept in it, so that a restore brings that back as well.
 */
function bury(by: Classifier, record: ParsedRecord, standing: Standing, version: string | null): Classified {
  const { definition } = by;
  const { row } = standing;
  const { label } = indexOf(definition);
  const values = { ...emptyRecord(definition), ...baseOf(definition, standing) };
  const fingerprint = by.fingerprints.fingerprint(definition, values);
  const message = row?.deletedAt ? `${label} was deleted already` : `${label} deleted`;
  const outcome: Outcome = { status: 'DELETED', message, ...withWarnings(record.warnings) };
  const state = { values, fingerprint, version, deletedAt: row?.deletedAt ?? by.receivedAt };
  const kept = standing.waiting ? diff(definition, row?.values ?? {}, values) : {};
  const changes = row?.deletedAt ? null : { deleted_at: { before: null, after: by.receivedAt }, ...kept };
  return { outcome, changes, row: row && isSameState(row, state) ? row : state, waiting: null, missing: [] };
}

function faultsOf(
  { parser, definition }: Classifier,
  merged: CanonicalValues,
  { issues }: Reading,
  taken: TakenValues,
): RecordIssue[] {
  const missing = missingFields(definition, merged, issues);
  if (issues.length === 0 && missing.length === 0 && taken.size === 0) return parser.judge(merged);
  const found = [...issues, ...missing, ...takenFields(definition, merged, taken)];
  return found.length > 0 ? found : parser.judge(merged);
}

function missingFields(
  definition: EntityDefinition,
  merged: CanonicalValues,
  found: readonly RecordIssue[],
): RecordIssue[] {
  const absent = indexOf(definition).required.filter((name) => (merged[name] ?? null) === null);
  return absent
    .filter((name) => !found.some(({ field }) => field === name))
    .map((field) => ({ field, code: 'MANDATORY_NOT_FOUND', message: `${field} is required` }));
}

function takenFields(definition: EntityDefinition, merged: CanonicalValues, taken: TakenValues): RecordIssue[] {
  const field = uniqueField(definition);
  const value = field && textOf(merged[field]);
  const holder = value && taken.get(claimOf(value));
  if (!field || !holder) return [];
  return [{ field, code: 'DUPLICATE_DATA', message: `${field} is already used by ${definition.name} ${holder}` }];
}

/** In the declared order. What the row names already is not asked for again: children of a deleted parent stay. */
function missingParents(
  definition: EntityDefinition,
  merged: CanonicalValues,
  row: RowState | null,
  known: KnownReferences,
): MissingParent[] {
  const missing: MissingParent[] = [];
  for (const field of indexOf(definition).awaited) {
    const zohoId = textOf(merged[field]);
    if (zohoId === null || (row && !row.deletedAt && row.values[field] === zohoId)) continue;
    const absent = known.absent(field, zohoId);
    if (absent) missing.push(absent);
  }
  return missing;
}

function compare(definition: EntityDefinition, row: RowState | null, state: RowState): Outcome {
  const { label } = indexOf(definition);
  if (!row) return { status: 'NEW', message: `${label} created` };
  const changes = row.fingerprint === state.fingerprint ? {} : diff(definition, row.values, state.values);
  const names = Object.keys(changes);
  if (row.deletedAt) {
    const message = `${label} restored`;
    return { status: 'UPDATED', message, changes: { deleted_at: { before: row.deletedAt, after: null }, ...changes } };
  }
  if (names.length === 0) return { status: 'UNCHANGED', message: `${label} unchanged` };
  return { status: 'UPDATED', message: `${label} updated: ${names.join(', ')}`, changes };
}

function skipped(
  { definition }: Classifier,
  parents: readonly MissingParent[],
  warnings: readonly RecordIssue[],
  isKept: boolean,
): Outcome {
  const missing = parents.map((parent) => ({ field: parent.field, zoho_id: parent.zohoId, reason: reasonOf(parent) }));
  const names = parents.map(({ field, zohoId }) => `${field} ${zohoId}`).join(', ');
  const message = isKept
    ? `${indexOf(definition).label} waits for ${names}, and is applied by itself when that is stored`
    : `${indexOf(definition).label} not stored: ${names} must be stored first. Send it again then`;
  const [first] = missing;
  return {
    status: 'SKIPPED',
    message,
    ...(first && { reason: first.reason }),
    missing,
    deferred: isKept,
    ...withWarnings(warnings),
  };
}

function stale({ definition }: Classifier, record: ParsedRecord, version: string): Outcome {
  const age = record.version === version ? 'is the deleted record’s, not newer' : `is older than the stored ${version}`;
  const message = `${indexOf(definition).label} not changed: Modified_Time ${record.version} ${age}`;
  return { status: 'STALE', message, ...withWarnings(record.warnings) };
}

function invalid(errors: readonly RecordIssue[], warnings: readonly RecordIssue[]): Outcome {
  const message = errors.map((error) => error.message).join('; ');
  return { status: 'INVALID', message, errors, ...withWarnings(warnings) };
}
