import type { EntityDefinition, Field } from '../sync/fields';
import type { CanonicalValues } from '../sync/record';
import { exampleValues } from './example-values';

export type ZohoRecord = Record<string, unknown>;

interface NamedField {
  readonly name: string;
  readonly field: Field;
  /** Zoho's name for it */
  readonly alias: string;
}

export const EXAMPLE_ID = '5843017000000200001';
const MODIFIED = '2026-02-14T10:21:07+00:00';
/** The same, as it is answered. */
export const EXAMPLE_VERSION = '2026-02-14T10:21:07.000Z';
export const EARLIER_VERSION = '2026-02-13T08:00:00.000Z';

/** The fields that a record carries under a name of their own. */
const sentFields = ({ fields }: EntityDefinition): NamedField[] =>
  Object.entries(fields).flatMap(([name, field]) => {
    const [alias] = field.aliases;
    return alias === undefined ? [] : [{ name, field, alias }];
  });

/** A complete record as Zoho sends it. */
export function exampleRecord(definition: EntityDefinition): ZohoRecord {
  const { autonumber, fields } = definition;
  const number = autonumber && fields[autonumber.field];
  return {
    id: EXAMPLE_ID,
    ...(number && { [autonumber.alias]: exampleValues(autonumber.field, number)[0] }),
    ...Object.fromEntries(
      sentFields(definition).map(({ name, field, alias }) => [alias, exampleValues(name, field)[0]]),
    ),
    Modified_Time: MODIFIED,
  };
}

/** The same record as it is stored. */
export function exampleValuesOf({ fields }: EntityDefinition): CanonicalValues {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, canonical(field, exampleValues(name, field)[0])]),
  );
}

/** A field with two values to change between, else the first that may be empty. */
export function exampleChange(
  definition: EntityDefinition,
): { name: string; alias: string; sent: unknown } | undefined {
  const fields = sentFields(definition).map(({ name, field, alias }) => {
    const values = exampleValues(name, field);
    return { name, alias, required: field.required, many: values.length > 1, sent: values[1] ?? null };
  });
  return fields.find(({ many }) => many) ?? fields.find(({ required }) => !required);
}

export function canonical(field: Field, sent: unknown): string | null {
  const parsed = field.parse(sent);
  return parsed.kind === 'value' ? parsed.value : null;
}
