import type { z } from 'zod';
import { Problem } from './problem';

/** What somebody sends must not come back many times over. */
const MOST_TOLD = 20;
const LONGEST = 300;

/** The body as the schema describes it. @throws Problem that names every mistake with its path, and never the value */
export function checkedBody<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  const errors = checked.error.issues.slice(0, MOST_TOLD).map(({ path, message }) => ({
    field: path.join('.').slice(0, LONGEST) || 'body',
    code: 'INVALID_DATA',
    message: message.slice(0, LONGEST),
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new Problem('PARAMETER_INVALID', detail, { errors });
}
