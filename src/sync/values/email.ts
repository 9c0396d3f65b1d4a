import { isEmail } from 'class-validator';
import { type Parsed, unusable } from './parsed';
import { parseText } from './text';

/** RFC 5321 bounds an address at 254 characters. */
const LONGEST_ADDRESS = 254;

/** Characters that nobody sees would make one address look like two. */
const INVISIBLE = /[\p{C}\p{Z}]/u;

/** The shape that nearly all addresses have; whatever has another is looked at more closely, which takes longer. */
const PLAIN = /^(?=.{1,64}@)[a-z\d]+(?:[._+-][a-z\d]+)*@(?:[a-z\d]{1,30}(?:-[a-z\d]{1,30})?\.)+[a-z]{2,24}$/i;

/** An e-mail address, in the spelling Zoho sent. */
export function parseEmail(raw: unknown): Parsed<string> {
  const text = parseText(raw, LONGEST_ADDRESS);
  if (text.kind !== 'value' || text.value === null) return text;
  if (PLAIN.test(text.value)) return text;
  if (INVISIBLE.test(text.value)) return unusable(raw, 'is not an e-mail address: it has an invisible character');
  return isEmail(text.value, { allow_utf8_local_part: true }) ? text : unusable(raw, 'is not an e-mail address');
}
