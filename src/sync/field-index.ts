import { CUSTOM, type EntityDefinition, type Field } from './fields';
import type { CanonicalValues } from './record';

type Named = readonly [name: string, field: Field];

/** What of an entity's declaration is asked for with every record. */
interface FieldIndex {
  /** the entity's name as a sentence begins with it */
  readonly label: string;
  readonly all: readonly Named[];
  /** the names of all but those that a profile has added */
  readonly declared: readonly string[];
  readonly required: readonly string[];
  /** that name records of other entities */
  readonly references: readonly Named[];
  /** of those, the ones that a record waits for */
  readonly awaited: readonly string[];
  /** the field whose values no two rows of a tenant may share, if the entity has one */
  readonly unique: string | undefined;
  /** every field's name with null */
  readonly empty: Readonly<CanonicalValues>;
}

const known = new WeakMap<EntityDefinition, FieldIndex>();

/** Worked out once for each declaration. */
export function indexOf(definition: EntityDefinition): FieldIndex {
  let index = known.get(definition);
  if (!index) known.set(definition, (index = makeIndex(definition)));
  return index;
}

function makeIndex({ name: entity, fields }: EntityDefinition): FieldIndex {
  const all = Object.entries(fields);
  const namesOf = (is: (field: Field) => unknown): string[] =>
    all.filter(([, field]) => is(field)).map(([name]) => name);
  return {
    label: entity.charAt(0).toUpperCase() + entity.slice(1),
    all,
    declared: Object.keys(fields).filter((name) => !name.startsWith(CUSTOM)),
    required: namesOf(({ required }) => required),
    references: all.filter(([, { references }]) => references !== null),
    awaited: namesOf(({ awaited }) => awaited),
    unique: namesOf(({ unique }) => unique)[0],
    empty: Object.fromEntries(all.map(([name]) => [name, null])),
  };
}
