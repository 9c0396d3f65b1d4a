import { DateTime } from 'luxon';
import { type Parsed, unusable, usable } from './parsed';
import { parseText } from './text';
import { DEFAULT_FORMAT, type ValueFormat } from './value-format';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** An offset may reach back into the year 0, which PostgreSQL does not know. */
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');

/** The calendar date as written: an offset never shifts it to the day before or after. `YYYY-MM-DD`. */
export function parseDate(raw: unknown, format = DEFAULT_FORMAT): Parsed<string> {
  const text = parseText(raw, 64);
  if (text.kind !== 'value' || text.value === null) return text;
  if (isoParts(text.value)) return usable(text.value.slice(0, 10));
  const date = parseFormatted(text.value, format)?.toISODate();
  return date ? usable(date) : unusable(raw, `is not an ISO date (YYYY-MM-DD)${otherFormats(format)}`);
}

/** An instant, as `YYYY-MM-DDTHH:MM:SS.sssZ`; without an offset it is read in the format's zone. */
export function parseInstant(raw: unknown, format = DEFAULT_FORMAT): Parsed<string> {
  const text = parseText(raw, 64);
  if (text.kind !== 'value' || text.value === null) return text;
  const parts = isoParts(text.value);
  const instant = parts ? instantOf(text.value, parts, format) : parseFormatted(text.value, format)?.toMillis();
  if (instant === undefined || Number.isNaN(instant) || instant < EARLIEST) {
    return unusable(raw, `is not an ISO time (YYYY-MM-DDTHH:MM:SS+00:00)${otherFormats(format)}`);
  }
  return usable(new Date(instant).toISOString());
}

function instantOf(text: string, parts: RegExpExecArray, { zone }: ValueFormat): number {
  if (parts[7] !== undefined || zone === DEFAULT_FORMAT.zone) return Date.parse(withOffset(text, parts));
  return DateTime.fromISO(withOffset(text, parts).slice(0, -1), { zone }).toMillis();
}

/** Month names are English, as Zoho writes them whatever the language of its screens. */
function parseFormatted(text: string, { dateFormats, zone }: ValueFormat): DateTime<true> | undefined {
  for (const format of dateFormats) {
    const time = DateTime.fromFormat(text, format, { zone, locale: 'en' });
    if (time.isValid && time.year >= 1 && time.year <= 9999) return time;
  }
  return undefined;
}

/** A format that spells a whole date, and reads what it has written itself; an hour without am or pm is no hour. */
export function isDateFormat(format: string): boolean {
  const spellsHours = DateTime.utc(1987, 12, 19, 16).toFormat(format) !== DateTime.utc(1987, 12, 19).toFormat(format);
  const day = DateTime.utc(1987, 12, 19, 16, 56, 7);
  const written = day.toFormat(format, { locale: 'en' });
  const read = DateTime.fromFormat(written, format, { zone: 'UTC', locale: 'en' });
  return read.toISODate() === day.toISODate() && (!spellsHours || read.hour === day.hour);
}

const otherFormats = ({ dateFormats }: ValueFormat): string =>
  dateFormats.length > 0 ? `, nor ${dateFormats.join(' or ')}` : '';

function isoParts(text: string): RegExpExecArray | null {
  const parts = ISO.exec(text);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (!isOffset(parts[7])) return null;
  return Number(parts[4] ?? 0) < 24 && Number(parts[5] ?? 0) < 60 && Number(parts[6] ?? 0) < 60 ? parts : null;
}

/** Time zones lie between -12:00 and +14:00. */
function isOffset(offset = 'Z'): boolean {
  if (offset.toUpperCase() === 'Z') return true;
  return Number(offset.slice(1, 3)) <= 14 && Number(offset.slice(-2)) < 60;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function withOffset(text: string, parts: RegExpExecArray): string {
  if (parts[4] === undefined) return `${text}T00:00:00Z`;
  const offset = (parts[7] ?? 'Z').toUpperCase();
  const colon = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const local = text.slice(11).replace(/\s?(Z|[+-]\d{2}:?\d{2})$/i, '');
  return `${text.slice(0, 10)}T${local}${colon}`;
}
