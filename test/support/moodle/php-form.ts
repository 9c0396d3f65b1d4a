import { unescape } from 'node:querystring';

export type PhpValue = string | PhpArray;
/** PHP's only collection: ordered, with numbers written as strings among its keys. */
export interface PhpArray extends Map<string, PhpValue> {}

export interface PhpForm {
  readonly variables: PhpArray;
  /** How many were sent, before PHP left some out. */
  readonly sent: number;
}

/** What PHP's `max_input_vars` leaves of a form. PHP adds a variable before it counts it, so one more than the limit stays. */
export function readPhpForm(body: string, maxInputVars: number): PhpForm {
  const pairs = body.split('&').filter((pair) => pair !== '');
  const variables: PhpArray = new Map();
  for (const pair of pairs.slice(0, maxInputVars + 1)) addVariable(variables, pair);
  return { variables, sent: pairs.length };
}

function addVariable(variables: PhpArray, pair: string): void {
  const at = pair.indexOf('=');
  const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  const [key, ...inner] = pathOf(decode(name));
  let target = variables;
  let last = key ?? '';
  for (const next of inner) {
    target = arrayAt(target, last);
    last = next === '' ? nextIndex(target) : next;
  }
  target.set(last, decode(value));
}

/** `users[0][email]` is users, 0, email. */
function pathOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open < 0) return [name];
  return [name.slice(0, open), ...[...name.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')];
}

function arrayAt(array: PhpArray, key: string): PhpArray {
  const there = array.get(key);
  if (there !== undefined && typeof there !== 'string') return there;
  const made: PhpArray = new Map();
  array.set(key, made);
  return made;
}

const nextIndex = (array: PhpArray): string =>
  String(Math.max(-1, ...[...array.keys()].map(Number).filter(Number.isInteger)) + 1);

const decode = (text: string): string => unescape(text.replaceAll('+', ' '));

/** The same as plain lists and objects, for a test to look at. */
export function plain(value: PhpValue): unknown {
  if (typeof value === 'string') return value;
  const entries = [...value].map(([key, inner]): [string, unknown] => [key, plain(inner)]);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
