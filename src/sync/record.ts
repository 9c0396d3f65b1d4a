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

/** A record that Zoho sent, after parsing; which of its values count may still depend on the stored row. */
export interface ParsedRecord {
  /** null when the record has no usable id */
  readonly zohoId: string | null;
  /** `Modified_Time` as an ISO instant in UTC; null when the record has none that counts */
  readonly version: string | null;
  /** the fields that the record carries; an absent field keeps what is stored */
  readonly values: CanonicalValues;
  /** values that count only when the record gives the field no other, by field */
  readonly lastResort: ReadonlyMap<string, Parsed<string>>;
  /** values that count only while no row is stored, by field */
  readonly firstSight: ReadonlyMap<string, Parsed<string>>;
  /** the module's `Name` standing alone: the autonumber of a row that has one, else the name */
  readonly loneName: Parsed<string> | null;
  readonly issues: readonly RecordIssue[];
  readonly warnings: readonly RecordIssue[];
}

/** What a record says, read beside the stored row. */
export interface Reading {
  readonly values: CanonicalValues;
  readonly issues: readonly RecordIssue[];
  readonly warnings: readonly RecordIssue[];
}
