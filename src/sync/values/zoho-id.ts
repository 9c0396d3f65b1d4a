import { type Parsed, unusable, usable } from './parsed';
import { parseText } from './text';

const ZOHO_ID = /^[A-Za-z0-9_.:-]{1,64}$/;

export const isZohoId = (text: string): boolean => ZOHO_ID.test(text);

/** A record's id: 1 to 64 characters of `A-Z a-z 0-9 _ - . :`, Zoho's own being of up to 19 digits. */
export function parseZohoId(raw: unknown): Parsed<string> {
  if (typeof raw === 'number') {
    return Number.isSafeInteger(raw) && raw >= 0 ? usable(String(raw)) : unusable(raw, 'is not a whole number');
  }
  const text = parseText(raw, 1_024);
  if (text.kind !== 'value' || text.value === null) return text;
  return isZohoId(text.value) ? text : unusable(raw, 'is not an id: 1 to 64 characters of A-Z a-z 0-9 _ - . :');
}
