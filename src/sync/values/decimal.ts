import { type Parsed, unusable, usable } from './parsed';
import { parseText } from './text';
import { DEFAULT_FORMAT } from './value-format';

/** A sign, a currency sign, digits with or without groups of exactly three, and a fraction. */
const DECIMAL = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/;
const CURRENCY_SIGN = /^([+-]?)\s*\p{Sc}\s*|\s*\p{Sc}$/gu;
const WITH_EXPONENT = /^([+-]?)(\d+)(?:\.(\d+))?e([+-]?\d{1,3})$/i;

const LONGEST_INTEGER = 20;
const LONGEST_FRACTION = 10;

/** An exact decimal in its shortest form, such as `1299` for "1,299.00" and `199.9` for 199.90. Never a float. */
export function parseDecimal(raw: unknown, { decimalComma } = DEFAULT_FORMAT): Parsed<string> {
  if (typeof raw === 'number' && !Number.isFinite(raw)) return unusable(raw, 'is larger than a number can be');
  const text = parseText(typeof raw === 'number' ? plain(String(raw)) : raw, 64);
  if (text.kind !== 'value' || text.value === null) return text;
  const digitsGiven = text.value.replace(CURRENCY_SIGN, '$1');
  const spelled = decimalComma && typeof raw !== 'number' ? swapSigns(digitsGiven) : digitsGiven;
  const parts = DECIMAL.exec(plain(spelled));
  if (!parts) {
    return unusable(raw, `is not a number such as ${decimalComma ? '1299,00 or 1.299,00' : '1299.00 or 1,299.00'}`);
  }
  const integer = parts[2]?.replaceAll(',', '').replace(/^0+(?=\d)/, '') ?? '0';
  const fraction = parts[3]?.replace(/0+$/, '') ?? '';
  if (integer.length > LONGEST_INTEGER || fraction.length > LONGEST_FRACTION) {
    return unusable(raw, `has more than ${LONGEST_INTEGER} digits, or more than ${LONGEST_FRACTION} after the point`);
  }
  const digits = fraction ? `${integer}.${fraction}` : integer;
  return usable(parts[1] === '-' && digits !== '0' ? `-${digits}` : digits);
}

/** `1.299,00` as `1,299.00`. */
const swapSigns = (text: string): string => text.replace(/[.,]/g, (sign) => (sign === '.' ? ',' : '.'));

/** Writes `1.5e3`, which JSON allows, as `1500`. */
function plain(text: string): string {
  const parts = WITH_EXPONENT.exec(text);
  if (!parts) return text;
  const [, sign = '', integer = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  const digits = integer + fraction;
  const point = integer.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A whole number, zero or more. */
export function parseInteger(raw: unknown, format = DEFAULT_FORMAT): Parsed<string> {
  const parsed = parseDecimal(raw, format);
  if (parsed.kind !== 'value' || parsed.value === null || /^\d+$/.test(parsed.value)) return parsed;
  return unusable(raw, 'is not a whole number');
}

export function between(parsed: Parsed<string>, lowest: number, highest: number, raw: unknown): Parsed<string> {
  if (parsed.kind !== 'value' || parsed.value === null) return parsed;
  const number = Number(parsed.value);
  return number >= lowest && number <= highest ? parsed : unusable(raw, `is not from ${lowest} to ${highest}`);
}
