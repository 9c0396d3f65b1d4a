import type { EntityDefinition, Field } from '../sync/fields';
import { componentNames } from './component-names';
import { FIELD_KINDS, sentSchema, type SimpleType } from './field-kinds';
import { objectOf, orNull, refOrNull, refTo, type Schema, type Schemas } from './schema';
import { sentProperties } from './sent-properties';

type Columns = readonly (readonly [name: string, column: Field, type: SimpleType])[];

/** What a list holds, in the declared order; a list inside a list is not read. */
const columnsOf = ({ columns }: Field): Columns =>
  Object.entries(columns).flatMap(([name, column]) => (column.type === 'list' ? [] : [[name, column, column.type]]));

const listsOf = ({ fields }: EntityDefinition): [name: string, field: Field][] =>
  Object.entries(fields).filter(([, { type }]) => type === 'list');

/** The elements of an entity's lists: as Zoho sends them, as they are stored, and as they change. */
export function listSchemas(definition: EntityDefinition): Schemas {
  return Object.assign(
    {},
    ...listsOf(definition).map(([list, field]) => {
      const names = componentNames(definition).element(list);
      return {
        ...(field.members.length === 0 && { [names.record]: sentElement(list, field) }),
        [names.row]: storedElement(list, field),
        [names.change]: {
          description: `An element of \`${list}\` that has come or gone.`,
          ...objectOf({ before: refOrNull(names.row), after: refOrNull(names.row) }),
        },
      };
    }),
  ) as Schemas;
}

const sentElement = (list: string, field: Field): Schema => ({
  description: `An element of \`${list}\`, with all it has: the list that is sent replaces the one that is stored.`,
  type: 'object',
  properties: sentProperties(field.columns, (column) => sentSchema(column, column.type as SimpleType)),
  additionalProperties: true,
});

const storedElement = (list: string, field: Field): Schema => ({
  description: `An element of \`${list}\`.`,
  ...objectOf(Object.fromEntries(columnsOf(field).map(([name, , type]) => [name, orNull(FIELD_KINDS[type].stored)]))),
});

/** A list in a record, under the name of its subform. */
export const sentList = (definition: EntityDefinition, list: string): Schema => ({
  type: ['array', 'null'],
  items: refTo(componentNames(definition).element(list).record),
});

/** A list in a row: one without elements is empty, and never null. */
export const storedList = (definition: EntityDefinition, list: string): Schema => ({
  type: 'array',
  items: refTo(componentNames(definition).element(list).row),
});

/** `installments[2]` for an element that came or went, `installments[2].status` for a column of one that stayed. */
export function listChanges(definition: EntityDefinition): Schemas {
  return Object.fromEntries(
    listsOf(definition).flatMap(([list, field]) => [
      [`^${list}\\[[0-9]+\\]$`, refTo(componentNames(definition).element(list).change)],
      ...[...Map.groupBy(columnsOf(field), ([, , type]) => type)].map(([type, columns]): [string, Schema] => [
        `^${list}\\[[0-9]+\\][.](${columns.map(([name]) => name).join('|')})$`,
        refTo(FIELD_KINDS[type].change),
      ]),
    ]),
  );
}

/** The types of single values that an entity's fields and its lists' columns have. */
export function simpleTypes(definition: EntityDefinition): Set<SimpleType> {
  const own = Object.values(definition.fields).flatMap(({ type }) => (type === 'list' ? [] : [type]));
  return new Set([...own, ...listsOf(definition).flatMap(([, field]) => columnsOf(field).map(([, , type]) => type))]);
}
