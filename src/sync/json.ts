import { parse as locateErrors, type ParseError } from 'jsonc-parser';

/** Deeper bodies are refused before anything walks them. Zoho's own records are 5 levels deep at most. */
export const DEEPEST = 32;

/** A number with this many characters may be more than a double holds; Zoho's ids have up to 19 digits. */
const LONG_NUMBER = 16;

/** Looking for the fault in a larger text would take longer than telling where it is, is worth. */
const LARGEST_LOCATED = 1_000_000;

interface Place {
  readonly line: number;
  readonly column: number;
}

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: 'too-deep' }
  /** without a place when the text is too large to look for it */
  | { readonly ok: false; readonly problem: 'malformed'; readonly place: Place | null };

/**
 * JSON in which no number loses digits: a long one arrives as the string that stood there. It is quoted before parsing,
 * as a reviver would cost several times the parsing itself, on every value.
 */
export function parseJson(text: string): JsonResult {
  const longNumbers = scan(text);
  if (!longNumbers) return { ok: false, problem: 'too-deep' };
  try {
    return { ok: true, value: JSON.parse(quote(text, longNumbers)) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, problem: 'malformed', place: text.length > LARGEST_LOCATED ? null : placeOfFault(text) };
  }
}

type Span = readonly [start: number, end: number];

function quote(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of spans) {
    parts.push(text.slice(from, start), '"', text.slice(start, end), '"');
    from = end;
  }
  return parts.join('') + text.slice(from);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MINUS = 0x2d;

/** One look at every character outside strings: the long numbers, or null when the nesting is too deep. */
function scan(text: string): Span[] | null {
  const longNumbers: Span[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at + 1);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > DEEPEST) return null;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at + 1);
      if (end - at >= LONG_NUMBER && isNumber(text.slice(at, Math.min(end, at + LONGEST_CHECKED))))
        longNumbers.push([at, end]);
      at = end - 1;
    }
  }
  return longNumbers;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** The characters of a number: digits, point, sign, e and E. */
const isOfNumber = (code: number): boolean =>
  isDigit(code) || code === 0x2e || code === 0x2b || code === MINUS || code === 0x65 || code === 0x45;

function endOfNumber(text: string, from: number): number {
  let at = from;
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at += 1;
  return at;
}

/** Past so many characters it is refused as a value anyway; the bound keeps the pattern from recursing too deep. */
const LONGEST_CHECKED = 1_000;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** What is no number must stay malformed. */
const isNumber = (text: string): boolean => NUMBER.test(text);

/** The index of the closing quote, or of the end of an unfinished text. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1 && isEscaped(text, end, from)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quoteAt: number, from: number): boolean {
  let backslashes = 0;
  while (quoteAt - 1 - backslashes >= from && text.charCodeAt(quoteAt - 1 - backslashes) === BACKSLASH)
    backslashes += 1;
  return backslashes % 2 === 1;
}

/** V8's own message has a piece of the body in it and often no position, so the place is looked for again. */
function placeOfFault(text: string): Place | null {
  const errors: ParseError[] = [];
  try {
    locateErrors(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  } catch (error) {
    // The library descends by recursion, and a malformed text may be deeper than it looked.
    if (error instanceof RangeError) return null;
    throw error;
  }
  const before = text.slice(0, errors[0]?.offset ?? text.length);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
