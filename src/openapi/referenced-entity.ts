import { getMetadataArgsStorage } from 'typeorm';
import type { EntityDefinition, Field } from '../sync/fields';

/** The name of the entity that a reference names a record of, which is its table's. */
export function referencedEntity({ references }: Field): string | null {
  const target = references?.();
  const table = target && getMetadataArgsStorage().tables.find((candidate) => candidate.target === target);
  return table?.name ?? null;
}

/** The fields that name a record of another entity, in the declared order. */
export const referencesOf = ({ fields }: EntityDefinition): [name: string, field: Field][] =>
  Object.entries(fields).filter(([, { references }]) => references !== null);
