import { shorten } from './shorten';

/** Why a value cannot be used. The codes are Zoho CRM's own words where it has one. */
export interface ValueIssue {
  code: 'INVALID_DATA' | 'MANDATORY_NOT_FOUND' | 'DUPLICATE_DATA' | 'MERGE_TAG_NOT_FILLED';
  message: string;
  /** the rejected value, shortened */
  value?: string;
}

/** What became of one raw value: usable (null clears the field), a merge tag that Zoho left in, or unusable. */
export type Parsed<T> =
  | { readonly kind: 'value'; readonly value: T | null }
  | { readonly kind: 'merge-tag'; readonly tag: string }
  | { readonly kind: 'unusable'; readonly message: string; readonly raw: string };

export const NULL: Parsed<never> = { kind: 'value', value: null };

export const usable = <T>(value: T | null): Parsed<T> => ({ kind: 'value', value });

export const unusable = (raw: unknown, message: string): Parsed<never> => ({
  kind: 'unusable',
  message,
  raw: shorten(raw),
});
