import { shorten } from './shorten';

/** What became of one raw value: usable (null clears the field), a merge tag that Zoho left in, or unusable. */
export type Parsed<T> =
  | { readonly kind: 'value'; readonly value: T | null }
  | { readonly kind: 'merge-tag'; readonly tag: string }
  | { readonly kind: 'unusable'; readonly message: string; readonly raw: string; readonly within?: Place };

/** Where in a list the fault is, in our words and in Zoho's: `[2].due_date` and `[2].Due_Date`. */
interface Place {
  readonly field: string;
  readonly alias: string;
}

export const NULL: Parsed<never> = { kind: 'value', value: null };

export const usable = <T>(value: T | null): Parsed<T> => ({ kind: 'value', value });

export const unusable = (raw: unknown, message: string): Parsed<never> => ({
  kind: 'unusable',
  message,
  raw: shorten(raw),
});
