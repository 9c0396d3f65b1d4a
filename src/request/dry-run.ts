import { Transform } from 'class-transformer';
import type { Request } from 'express';
import { invalidParameter } from './problem';

const YES_OR_NO = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

const MISTYPED = /^dry[-_]?run$/i;

/** `?dryRun=`: anything but a clear yes or no is refused, since who mistypes it must not write by accident. */
export function isDryRun({ query }: Request): boolean {
  for (const name of Object.keys(query)) {
    if (name !== 'dryRun' && MISTYPED.test(name)) throw invalidParameter(name, 'the parameter is spelled dryRun');
  }
  const value = query['dryRun'];
  if (value === undefined) return false;
  const answer = yesOrNo(value);
  if (typeof answer !== 'boolean') throw invalidParameter('dryRun', 'dryRun must be true or false');
  return answer;
}

const yesOrNo = (value: unknown): unknown =>
  typeof value === 'string' ? (YES_OR_NO.get(value.toLowerCase()) ?? value) : value;

/** A query parameter that is a clear yes or no; anything else is left to be refused. */
export const ToYesOrNo = (): PropertyDecorator => Transform(({ value }: { value: unknown }) => yesOrNo(value));
