import type { EntityDefinition } from '../sync/fields';
import type { MappedColumn } from '../sync/record-mapper';
import { componentNames, storedName } from './component-names';
import type { DescribedEntity } from './described-entities';
import { FIELD_KINDS, ZOHO_ID } from './field-kinds';
import { storedList } from './list-schemas';
import { referencedEntity, referencesOf } from './referenced-entity';
import { INSTANT, objectOf, orNull, pageOf, refOrNull, refTo, type Schema, type Schemas } from './schema';

const DERIVED: Readonly<Record<MappedColumn['type'], Schema & { type: 'string' | 'array' }>> = {
  text: FIELD_KINDS.text.stored,
  date: FIELD_KINDS.date.stored,
  numeric: FIELD_KINDS.decimal.stored,
  jsonb: { type: 'array', items: { type: 'object', additionalProperties: true } },
};

const BOOKKEEPING: Schemas = {
  version: { ...orNull(INSTANT), description: 'The newest `Modified_Time` applied; null when none came.' },
  last_sync: { ...INSTANT, description: 'When a record from Zoho last changed the row.' },
  created_at: INSTANT,
  updated_at: INSTANT,
};

/** What the read routes answer: a row or a tombstone, and a page of them. `deleted_at` tells the two apart. */
export function rowSchemas({ definition, derivedColumns }: DescribedEntity): Schemas {
  const names = componentNames(definition);
  const derived = derivedColumns.map(({ name, type }) => [name, orNull(DERIVED[type])]);
  return {
    [names.row]: {
      description: `A ${definition.name} as it is stored.`,
      ...objectOf(
        {
          zoho_id: ZOHO_ID,
          ...canonicalFields(definition),
          ...Object.fromEntries(derived),
          custom: {
            description: 'Fields that the tenant’s profile keeps beside the others, by name.',
            type: 'object',
            additionalProperties: { type: 'string' },
          },
          moodle: {
            description: 'How what is made of it stands in Moodle, by kind, such as `user`.',
            type: 'object',
            additionalProperties: refTo('MoodleState'),
          },
          ...BOOKKEEPING,
          deleted_at: { type: 'null' },
          ...expandedProperty(definition),
        },
        ['expanded'],
      ),
    },
    [names.tombstone]: {
      description: `What is shown of a ${definition.name} that was deleted.`,
      ...objectOf({ zoho_id: ZOHO_ID, ...BOOKKEEPING, deleted_at: INSTANT }),
    },
    [names.stored]: {
      description: `A ${definition.name}, or its tombstone: then \`deleted_at\` is not null.`,
      oneOf: [refTo(names.row), refTo(names.tombstone)],
    },
    [names.page]: pageOf(names.stored, 'A page of rows, in the order of their creation.'),
  };
}

/** No row is stored without what is required. */
function canonicalFields(definition: EntityDefinition): Schemas {
  return Object.fromEntries(
    Object.entries(definition.fields).map(([name, { type, required }]) => {
      if (type === 'list') return [name, storedList(definition, name)];
      const { stored } = FIELD_KINDS[type];
      return [name, required ? stored : orNull(stored)];
    }),
  );
}

/** Only of what has references: of anything else, to ask for any is a mistake. */
function expandedProperty(definition: EntityDefinition): Schemas {
  const references = referencesOf(definition).flatMap(([name, field]): [string, Schema][] => {
    const entity = referencedEntity(field);
    return entity === null ? [] : [[name, refOrNull(storedName(entity))]];
  });
  if (references.length === 0) return {};
  return {
    expanded: {
      description: 'The records that `expand` asks for, by field; null for one that is not stored.',
      type: 'object',
      properties: Object.fromEntries(references),
      additionalProperties: false,
    },
  };
}
