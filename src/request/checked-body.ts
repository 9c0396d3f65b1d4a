import type { z } from 'zod';
import { Problem } from './problem';

/** What somebody sends must not come back many times over. */
const MOST_TOLD = 20;
const LONGEST = 300;

/** A name that was sent may be anything, a secret in the wrong place too. */
const nameOf = (key: string): string => (/^\w{1,40}$/.test(key) ? key : '…');

const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys'
    ? `has keys that are not known: ${issue.keys.slice(0, MOST_TOLD).map(nameOf).join(', ')}`
    : issue.message.slice(0, LONGEST);

/** The body as the schema describes it. @throws Problem that names every mistake with its path, and never the value */
export function checkedBody<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  const errors = checked.error.issues.slice(0, MOST_TOLD).map((issue) => ({
    field: issue.path.map((step) => nameOf(String(step))).join('.') || 'body',
    code: 'INVALID_DATA',
    message: messageOf(issue),
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new Problem('PARAMETER_INVALID', detail, { errors });
}
