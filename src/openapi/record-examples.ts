import { type Changes, diff } from '../sync/diff';
import { type CanonicalValue, type EntityDefinition, type Field, textOf } from '../sync/fields';
import { mergeMembers, readField } from '../sync/read-field';
import type { CanonicalValues } from '../sync/record';
import { exampleId, exampleValues, memberExamples, underAliases } from './example-values';

export type ZohoRecord = Record<string, unknown>;

export const EXAMPLE_MODIFIED = '2026-02-14T10:21:07+00:00';
/** Of an example that comes after a deletion. */
export const EXAMPLE_LATER = '2026-02-14T10:25:40+00:00';
/** The first of them, as it is answered. */
export const EXAMPLE_VERSION = '2026-02-14T10:21:07.000Z';
export const EARLIER_VERSION = '2026-02-13T08:00:00.000Z';
export const EXAMPLE_INSTANT = '2026-02-14T10:21:09.412Z';
export const LATER_INSTANT = '2026-02-15T07:30:00.128Z';
export const EXAMPLE_RUN_ID = '0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a21';

/** A complete record as Zoho sends it: as it is first, or as it is later. */
export function exampleRecord(definition: EntityDefinition, nth = 0): ZohoRecord {
  const { autonumber, fields } = definition;
  const number = autonumber && fields[autonumber.field];
  return {
    id: exampleId(definition.name),
    ...(number && { [autonumber.alias]: exampleValues(autonumber.field, number)[0] }),
    ...underAliases(fields, nth),
    ...memberExamples(definition, nth),
    Modified_Time: EXAMPLE_MODIFIED,
  };
}

/** The same record as it is stored. */
export function exampleValuesOf(definition: EntityDefinition, nth = 0): CanonicalValues {
  const record = exampleRecord(definition, nth);
  return Object.fromEntries(
    Object.entries(definition.fields).map(([name, field]) => [name, canonical(name, field, record)]),
  );
}

function canonical(name: string, field: Field, record: ZohoRecord): CanonicalValue {
  if (field.members.length > 0) {
    const carried = field.members.filter(({ alias }) => alias in record);
    return mergeMembers(field, null, new Map(carried.map(({ alias, code }) => [code, String(record[alias])])));
  }
  const parsed = readField(record, field)?.parsed ?? field.parse(exampleValues(name, field)[0]);
  return parsed.kind === 'value' ? parsed.value : null;
}

/** A field with two values to change between, else the first that may be empty. */
export function exampleChange({
  fields,
}: EntityDefinition): { name: string; alias: string; sent: unknown } | undefined {
  const changes = Object.entries(fields).flatMap(([name, field]) => {
    const [alias] = field.aliases;
    const values = exampleValues(name, field);
    if (alias === undefined || field.type === 'list' || field.type === 'reference') return [];
    return [{ name, alias, required: field.required, many: values.length > 1, sent: values[1] ?? null }];
  });
  return changes.find(({ many }) => many) ?? changes.find(({ required }) => !required);
}

/** What changes when that field and the lists do. */
export function exampleChanges(definition: EntityDefinition): Changes {
  const [before, later] = [exampleValuesOf(definition), exampleValuesOf(definition, 1)];
  const change = exampleChange(definition);
  const changed = Object.entries(definition.fields).filter(
    ([name, { type }]) => type === 'list' || name === change?.name,
  );
  const after = { ...before, ...Object.fromEntries(changed.map(([name]) => [name, later[name] ?? null])) };
  if (change?.sent === null) after[change.name] = null;
  return diff(definition, before, after);
}

/** What has changed about a record that is new. */
export const exampleBeginning = (definition: EntityDefinition): Changes =>
  diff(definition, {}, exampleValuesOf(definition));

/** Other records that a record names, by field. */
export const exampleNamed = (definition: EntityDefinition): [field: string, zohoId: string][] =>
  Object.entries(exampleValuesOf(definition)).flatMap(([name, value]): [string, string][] => {
    const zohoId = definition.fields[name]?.references ? textOf(value) : null;
    return zohoId === null ? [] : [[name, zohoId]];
  });
