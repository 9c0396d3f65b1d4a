import type { CanonicalValue, EntityDefinition } from './fields';
import type { CanonicalValues } from './record';

/** Before and after of one field. */
export interface Change {
  before: CanonicalValue;
  after: CanonicalValue;
}

/** The fields that differ, in the declared order. */
export function diff(
  { fields }: EntityDefinition,
  before: CanonicalValues,
  after: CanonicalValues,
): Record<string, Change> {
  const changes: Record<string, Change> = {};
  for (const name of Object.keys(fields)) {
    const [old, now] = [before[name] ?? null, after[name] ?? null];
    if (old !== now) changes[name] = { before: old, after: now };
  }
  return changes;
}
