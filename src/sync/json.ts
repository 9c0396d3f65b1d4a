import { parse as locateErrors, type ParseError } from 'jsonc-parser';

/** Deeper bodies are refused before anything walks them. Zoho's own records are 5 levels deep at most. */
export const DEEPEST = 32;

/** A number that a double might not hold: 16 digits or more. Inside a string it costs time, never a wrong value. */
const LONG_NUMBER = /(?<![\d."])\d[\d.]{15,}/;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

export type JsonResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: 'too-deep' }
  | { readonly ok: false; readonly problem: 'malformed'; readonly line: number; readonly column: number };

/**
 * JSON in which no number loses digits: one of 16 digits or more arrives as the string that stood there, since a
 * Zoho id of 19 digits is more than a JavaScript number holds.
 */
export function parseJson(text: string): JsonResult {
  if (isTooDeep(text)) return { ok: false, problem: 'too-deep' };
  try {
    const value: unknown = LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, problem: 'malformed', ...whereIn(text) };
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number') return value;
  const source = context?.source ?? '';
  return source.length > 15 && PLAIN_NUMBER.test(source) ? source : value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at + 1);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

/** The index of the closing quote, or of the end of an unfinished text. */
function endOfString(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote !== -1 && isEscaped(text, quote, from)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote;
}

function isEscaped(text: string, quote: number, from: number): boolean {
  let backslashes = 0;
  while (quote - 1 - backslashes >= from && text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

/** V8's own message has a piece of the body in it and often no position, so the place is looked for again. */
function whereIn(text: string): { line: number; column: number } {
  const errors: ParseError[] = [];
  locateErrors(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const before = text.slice(0, errors[0]?.offset ?? text.length);
  const line = before.split('\n').length;
  return { line, column: before.length - before.lastIndexOf('\n') };
}
