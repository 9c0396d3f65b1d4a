import { type PhpObject, type PhpValue, listOf, textOf } from './php-parameters';
import { invalidParameter } from './moodle-exception';

/** What a function takes; as in Moodle, a key that is not declared fails the whole call. */
export type Declared =
  | { readonly type: 'text' | 'int' | 'bool' | 'username' | 'any'; readonly optional?: true }
  | { readonly type: 'list'; readonly of: Declared; readonly optional?: true }
  | { readonly type: 'object'; readonly of: Readonly<Record<string, Declared>>; readonly optional?: true };

export const text = { type: 'text' } as const;
export const int = { type: 'int' } as const;
export const bool = { type: 'bool' } as const;
export const any = { type: 'any' } as const;
export const username = { type: 'username' } as const;
export const list = (of: Declared) => ({ type: 'list', of }) as const;
export const object = (of: Record<string, Declared>) => ({ type: 'object', of }) as const;
export const optional = <D extends Declared>(declared: D): D & { optional: true } => ({ ...declared, optional: true });

/* The checked parameters are as loose as PHP's own. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Checked = any;

export function check(declared: Declared, value: PhpValue | undefined): Checked {
  if (value === undefined) {
    if (declared.optional) return undefined;
    throw invalidParameter();
  }
  if (declared.type === 'list') return checkList(declared.of, value);
  if (declared.type === 'object') return checkObject(declared.of, value);
  return checkScalar(declared.type, value);
}

function checkList(of: Declared, value: PhpValue): Checked[] {
  if (typeof value !== 'object') throw invalidParameter();
  return listOf(value).map((item) => check(of, item));
}

function checkObject(of: Readonly<Record<string, Declared>>, value: PhpValue): Record<string, Checked> {
  if (typeof value !== 'object') throw invalidParameter();
  const given: PhpObject = value;
  if (Object.keys(given).some((key) => !Object.hasOwn(of, key))) throw invalidParameter();
  const entries = Object.entries(of).map(([key, member]) => [key, check(member, given[key])] as const);
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined));
}

function checkScalar(type: 'text' | 'int' | 'bool' | 'username' | 'any', value: PhpValue): string | number | boolean {
  const raw = textOf(value);
  if (raw === undefined) throw invalidParameter();
  if (type === 'int') {
    if (!/^-?\d+$/.test(raw)) throw invalidParameter();
    return Number(raw);
  }
  if (type === 'bool') {
    if (!/^[01]?$/.test(raw)) throw invalidParameter();
    return raw === '1';
  }
  if (type === 'username' && !/^[a-z0-9._@-]*$/.test(raw)) throw invalidParameter();
  // Cleaned as PARAM_TEXT: what tags there are makes the value another, which is refused.
  if (type === 'text' && /<\/?[a-z][^>]*>/i.test(raw)) throw invalidParameter();
  return raw;
}
