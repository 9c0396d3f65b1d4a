import { indexOf } from './field-index';
import { type EntityDefinition, textOf } from './fields';
import type { CanonicalValues } from './record';

/** A row as the engine sees it: the canonical record that it holds, and how old that is. */
export interface RowState {
  readonly values: CanonicalValues;
  readonly fingerprint: string;
  /** ISO instant in UTC; null when no record came with a `Modified_Time` */
  readonly version: string | null;
  /** ISO instant in UTC; set on a tombstone */
  readonly deletedAt: string | null;
}

/** What waits to be applied to a row: the values that records carried and that have not been stored yet. */
export interface Waiting {
  readonly values: CanonicalValues;
  readonly version: string | null;
  /** the run of the newest record that is merged in */
  readonly runId: string | null;
  /** it has expired or was rejected: nothing is merged onto it, and it goes when a newer record is applied */
  readonly isResting?: boolean;
}

/** What is known of an id before a request's records are applied. */
export interface Standing {
  readonly row: RowState | null;
  readonly waiting: Waiting | null;
}

/** A reference of a record to one that is not there. */
export interface MissingParent {
  readonly field: string;
  /** the entity whose record it would be */
  readonly entity: string;
  readonly zohoId: string;
  /** it was there, and is a tombstone now */
  readonly isDeleted: boolean;
}

export const NOTHING: Standing = { row: null, waiting: null };

export const isSameState = (a: RowState | null, b: RowState | null): boolean =>
  a?.fingerprint === b?.fingerprint && a?.version === b?.version && a?.deletedAt === b?.deletedAt;

/** The later of two instants; null is earlier than any. */
export const later = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && b > a) ? b : a;

export const emptyRecord = (definition: EntityDefinition): CanonicalValues => ({ ...indexOf(definition).empty });

/** A tombstone of a record that was never stored holds nothing. */
export const isBlank = (values: CanonicalValues): boolean => Object.values(values).every((value) => value === null);

/** The field whose values no two rows of a tenant may share, if the entity has one. */
export const uniqueField = (definition: EntityDefinition): string | undefined => indexOf(definition).unique;

/** The form in which a unique value is compared: upper and lower case are the same. */
export const claimOf = (value: string): string => value.toLowerCase();

/** The unique value that a row holds, as it is compared; a tombstone holds none. */
export function uniqueValueOf(definition: EntityDefinition, state: RowState | null): string | null {
  const field = uniqueField(definition);
  const value = field && !state?.deletedAt ? textOf(state?.values[field]) : null;
  return value ? claimOf(value) : null;
}
