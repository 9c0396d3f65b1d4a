import type { CanonicalValue } from './fields';
import type { Parsed } from './values/parsed';

/** A fault in one field of one record. */
export interface RecordIssue {
  field: string;
  code: string;
  message: string;
  /** the rejected value, shortened */
  value?: string;
}

export type CanonicalValues = Record<string, CanonicalValue>;

/** What a record asks for: that its content be stored, that its row become a tombstone, or that a tombstone come back. */
export type Operation = 'write' | 'delete' | 'restore';

/** A record that Zoho sent, after parsing; which of its values count may still depend on the stored row. */
export interface ParsedRecord {
  /** null when the record has no usable id */
  readonly zohoId: string | null;
  readonly operation: Operation;
  /** `Modified_Time` as an ISO instant in UTC; null when the record has none that counts */
  readonly version: string | null;
  /** the fields that the record carries; an absent field keeps what is stored */
  readonly values: CanonicalValues;
  /** of lists that Zoho spreads over fields, the elements that the record carries, by field and code */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
  /** values that count only when the record gives the field no other, by field */
  readonly lastResort: ReadonlyMap<string, Parsed<CanonicalValue>>;
  /** values that count only while no row is stored, by field */
  readonly firstSight: ReadonlyMap<string, Parsed<CanonicalValue>>;
  /** the module's `Name` standing alone: the autonumber of a row that has one, else the name */
  readonly loneName: Parsed<CanonicalValue> | null;
  readonly issues: readonly RecordIssue[];
  readonly warnings: readonly RecordIssue[];
}

/** What a record says, read beside the stored row. */
export interface Reading {
  readonly values: CanonicalValues;
  readonly issues: readonly RecordIssue[];
  readonly warnings: readonly RecordIssue[];
}

/** A record that carries nothing: what waits under its id is looked at again. */
export const toWakeRecord = (zohoId: string): ParsedRecord => ({
  zohoId,
  operation: 'write',
  version: null,
  values: {},
  members: new Map(),
  lastResort: new Map(),
  firstSight: new Map(),
  loneName: null,
  issues: [],
  warnings: [],
});
