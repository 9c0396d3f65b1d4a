import { invalidParameter } from './exceptions';
import type { PhpArray, PhpValue } from './php-form';

/** One parameter as a function declares it. Whatever does not fit is the same answer, with no reason. */
export interface Param<T> {
  readonly read: (value: PhpValue) => T;
  /** What stands for a parameter that was left out; a required one has none. */
  readonly absent?: () => T;
}

export type Params = Readonly<Record<string, Param<unknown>>>;
export type Read<P> = P extends Param<infer T> ? T : never;
export type ReadParams<P extends Params> = { readonly [K in keyof P]: Read<P[K]> };

export const optional = <T>(param: Param<T>): Param<T | undefined> => ({ ...param, absent: () => undefined });
export const withDefault = <T>(param: Param<T>, value: T): Param<T> => ({ ...param, absent: () => value });

export const list = <T>(item: Param<T>): Param<T[]> => ({
  read: (value) => [...arrayOf(value).values()].map((inner) => item.read(inner)),
});

export const object = <P extends Params>(params: P): Param<ReadParams<P>> => ({
  read: (value) => readParams(params, arrayOf(value)),
});

/** A key that is not declared fails the whole call, and so does a required one that is left out. */
export function readParams<P extends Params>(params: P, given: PhpArray): ReadParams<P> {
  if ([...given.keys()].some((key) => !Object.hasOwn(params, key))) throw invalidParameter();
  const read = Object.entries(params).map(([key, param]) => [key, readOne(param, given.get(key))]);
  return Object.fromEntries(read) as ReadParams<P>;
}

function readOne(param: Param<unknown>, value: PhpValue | undefined): unknown {
  if (value !== undefined) return param.read(value);
  if (param.absent === undefined) throw invalidParameter();
  return param.absent();
}

function arrayOf(value: PhpValue): PhpArray {
  if (typeof value === 'string') throw invalidParameter();
  return value;
}

/** Moodle cleans a value and refuses it if that changed anything; NUL is cleaned from every kind. */
const scalar = <T>(fits: (text: string) => boolean, convert: (text: string) => T): Param<T> => ({
  read: (value) => {
    if (typeof value !== 'string' || value.includes('\0') || !fits(value)) throw invalidParameter();
    return convert(value);
  },
});

const same = (text: string): string => text;
/** PHP's `strip_tags` takes `<` for a tag unless white space follows. */
export const withoutTags = (text: string): string => text.replaceAll(/<(?!\s)[^>]*(>|$)/g, '');

export const raw = scalar(() => true, same);
export const trimmed = scalar((text) => text === text.trim(), same);
export const text = scalar((value) => value === withoutTags(value), same);
export const int = scalar((value) => /^(0|-?[1-9]\d{0,17})$/.test(value), Number);
export const float = scalar((value) => /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value), Number);
export const bool = scalar(
  (value) => value === '0' || value === '1',
  (value) => value === '1',
);
export const username = scalar((value) => /^[a-z0-9._@-]*$/.test(value), same);
export const plugin = scalar((value) => /^([a-z][a-z0-9_]*)?$/.test(value), same);
export const word = scalar((value) => /^[a-zA-Z0-9_-]*$/.test(value), same);
