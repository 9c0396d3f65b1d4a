import { NULL, type Parsed, unusable, usable } from './parsed';

/** A merge tag that Zoho did not fill in, such as `${!BTEC_Students.Email}`; the bound keeps the search linear. */
const MERGE_TAG = /\$\{![^}]{1,200}\}/;

/** A single-line field of Zoho CRM holds 255 characters; twice that leaves room for another system's idea of it. */
export const LONGEST_LINE = 512;
/** The largest multi-line field of Zoho CRM holds 50,000 characters. */
export const LONGEST_TEXT = 65_536;

/** Trimmed text in Unicode NFC; an empty string is null; a number counts as its digits. */
export function parseText(raw: unknown, longest: number): Parsed<string> {
  if (raw === null || raw === undefined) return NULL;
  if (typeof raw === 'number' && Number.isFinite(raw)) return usable(String(raw));
  if (typeof raw !== 'string') return unusable(raw, 'must be text');
  if (raw.includes('${!') && MERGE_TAG.test(raw)) return { kind: 'merge-tag', tag: raw };
  if (raw.includes('\0')) return unusable(raw, 'contains a NUL character');
  if (!raw.isWellFormed()) return unusable(raw, 'contains half of a surrogate pair, which is not valid Unicode');
  const text = raw.trim().normalize('NFC');
  if (text.length > longest) return unusable(raw, `is longer than ${longest} characters`);
  return text === '' ? NULL : usable(text);
}
