import type { EntityDefinition } from '../sync/fields';
import { componentNames } from './component-names';
import { changeSchema, FIELD_KINDS } from './field-kinds';
import { listChanges, simpleTypes } from './list-schemas';
import { INSTANT, objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

/** What can change about a record, and what each change looks like. */
export const changeSchemas = (definition: EntityDefinition): Schemas => ({
  ...(Object.assign({}, ...[...simpleTypes(definition)].map(changeSchema)) as Schemas),
  InstantChange: objectOf({ before: orNull(INSTANT), after: orNull(INSTANT) }),
  [componentNames(definition).changes]: changesSchema(definition),
});

/** A list has a change for each of its elements, so that the names of its changes are patterns. */
function changesSchema(definition: EntityDefinition): Schema {
  const changes = Object.entries(definition.fields).flatMap(([name, { type }]): [string, Schema][] =>
    type === 'list' ? [] : [[name, refTo(FIELD_KINDS[type].change)]],
  );
  const ofLists = listChanges(definition);
  const isAnyList = Object.keys(ofLists).length > 0;
  return {
    description:
      'Before and after of each field that changed; `deleted_at` when the record was deleted or brought back; ' +
      '`custom.name` of a field that the tenant’s profile keeps.' +
      (isAnyList ? ' Of a list, of each element, or column of an element: `list[2]`, `list[2].column`.' : ''),
    type: 'object',
    properties: { deleted_at: refTo('InstantChange'), ...Object.fromEntries(changes) },
    patternProperties: { ...ofLists, '^custom[.]': refTo(FIELD_KINDS.text.change) },
    additionalProperties: false,
  };
}
