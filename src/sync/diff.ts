import { indexOf } from './field-index';
import { type CanonicalValue, type EntityDefinition, type Field, type ListElement, textOf } from './fields';
import type { CanonicalValues } from './record';

/** Before and after of one field, of one element of a list, or of one column of an element. */
interface Change {
  readonly before: string | ListElement | null;
  readonly after: string | ListElement | null;
}

export type Changes = Record<string, Change>;

/** What differs, in the declared order; in a list, element by element: `installments[2].status`. */
export function diff(definition: EntityDefinition, before: CanonicalValues, after: CanonicalValues): Changes {
  const changes: Changes = {};
  for (const [name, field] of indexOf(definition).all) {
    const [old, now] = [before[name] ?? null, after[name] ?? null];
    if (field.type === 'list') diffLists(changes, name, field, elementsOf(old), elementsOf(now));
    else if (old !== now) changes[name] = { before: textOf(old), after: textOf(now) };
  }
  return changes;
}

function diffLists(
  changes: Changes,
  name: string,
  { columns }: Field,
  before: readonly ListElement[],
  after: readonly ListElement[],
): void {
  for (let at = 0; at < Math.max(before.length, after.length); at += 1) {
    const [old, now] = [before[at], after[at]];
    if (!old || !now) {
      changes[`${name}[${at}]`] = { before: old ?? null, after: now ?? null };
      continue;
    }
    for (const column of Object.keys(columns)) {
      const [was, is] = [old[column] ?? null, now[column] ?? null];
      if (was !== is) changes[`${name}[${at}].${column}`] = { before: was, after: is };
    }
  }
}

const elementsOf = (value: CanonicalValue): readonly ListElement[] =>
  typeof value === 'object' && value !== null ? value : [];
