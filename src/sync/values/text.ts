import { NULL, type Parsed, unusable, usable } from './parsed';

/** A merge tag that Zoho did not fill in, such as `${!BTEC_Students.Email}`; the bound keeps the search linear. */
const MERGE_TAG = /\$\{![^}]{1,200}\}/;

/** A single-line field of Zoho CRM holds 255 characters; twice that leaves room for another system's idea of it. */
export const LONGEST_LINE = 512;
/** The largest multi-line field of Zoho CRM holds 50,000 characters. */
export const LONGEST_TEXT = 65_536;

/** In NFC a character may have been several before. */
const LONGEST_SPELLING = 4;
/** Normalising takes the square of the length of a run of combining marks; no script stacks as many as this. */
const STACKED_MARKS = /\p{M}{65}/u;

/** Printable ASCII is well formed, and in NFC. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Trimmed text in Unicode NFC; an empty string is null; a number counts as its digits. */
export function parseText(raw: unknown, longest: number): Parsed<string> {
  if (raw === null || raw === undefined) return NULL;
  if (typeof raw === 'number' && Number.isFinite(raw)) return usable(String(raw));
  if (typeof raw !== 'string') return unusable(raw, 'must be text');
  const trimmed = raw.trim();
  if (trimmed.length > longest * LONGEST_SPELLING) return tooLong(raw, longest);
  if (trimmed.includes('${!') && MERGE_TAG.test(trimmed)) return { kind: 'merge-tag', tag: trimmed };
  if (PRINTABLE_ASCII.test(trimmed)) return bounded(trimmed, longest, raw);
  if (trimmed.includes('\0')) return unusable(raw, 'contains a NUL character');
  if (!trimmed.isWellFormed()) return unusable(raw, 'contains half of a surrogate pair, which is not valid Unicode');
  if (STACKED_MARKS.test(trimmed)) return unusable(raw, 'stacks more than 64 combining marks');
  return bounded(trimmed.normalize('NFC'), longest, raw);
}

function bounded(text: string, longest: number, raw: unknown): Parsed<string> {
  if (text.length > longest) return tooLong(raw, longest);
  return text === '' ? NULL : usable(text);
}

const tooLong = (raw: unknown, longest: number): Parsed<string> =>
  unusable(raw, `is longer than ${longest} characters`);
