import type { EntityDefinition } from '../sync/fields';
import { componentNames } from './component-names';
import { readsLookup, sentSchema, ZOHO_ID } from './field-kinds';
import { listSchemas, sentList } from './list-schemas';
import { NOTICE_PROPERTIES, NOTICE_SCHEMAS } from './notice-schemas';
import { INSTANT, refTo, type Schema, type Schemas } from './schema';
import { quoted, sentProperties } from './sent-properties';

const LOOKUP: Schema = {
  description: 'How Zoho writes a lookup. Of a reference only the id is read.',
  type: 'object',
  properties: { id: ZOHO_ID, name: { type: ['string', 'null'] } },
  required: ['id'],
};

/** What a sync route takes: one record, a form, and every envelope that Zoho puts records in. */
export function bodySchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  const record = refTo(names.record);
  const oneOrMany: Schema = { anyOf: [{ type: 'array', items: record, minItems: 1 }, record] };
  const fields = Object.values(definition.fields);
  const isAnyLookup = fields.some((field) => readsLookup(field) || Object.values(field.columns).some(readsLookup));
  return {
    ...(isAnyLookup && { ZohoLookup: LOOKUP }),
    ...NOTICE_SCHEMAS,
    ...listSchemas(definition),
    [names.record]: recordSchema(definition),
    [names.form]: formSchema(definition),
    [names.body]: {
      description: `${capital(definition.plural)} in any of Zoho's envelopes. Other keys beside the records are ignored.`,
      anyOf: [
        envelope('data', oneOrMany),
        envelope('records', oneOrMany),
        ...(oneOrMany.anyOf ?? []),
        ...Object.keys(NOTICE_SCHEMAS).map(refTo),
      ],
    },
  };
}

const envelope = (key: string, records: Schema): Schema => ({
  type: 'object',
  properties: { [key]: records, ...NOTICE_PROPERTIES },
  required: [key],
});

function recordSchema(definition: EntityDefinition): Schema {
  const { name, zohoModule, idAliases } = definition;
  const others = idAliases.slice(1);
  const alsoRead = others.length > 0 ? ` Also read as ${quoted(others)}.` : '';
  return {
    description:
      `A ${name}, under the API names of Zoho's module ${zohoModule}. A key that is absent keeps the stored value, ` +
      'null clears it; keys that are not listed are ignored.',
    type: 'object',
    properties: {
      id: { ...ZOHO_ID, description: `${ZOHO_ID.description}${alsoRead}` },
      ...fieldProperties(definition),
      Modified_Time: {
        ...INSTANT,
        description: 'The version: a record older than the stored one is STALE. Without an offset it is UTC.',
      },
      operation: {
        type: 'string',
        description:
          '`delete` makes it a tombstone, `restore` brings it back; with any other word, or none, its fields are ' +
          'stored. Also read as `event_type`.',
      },
    },
    required: ['id'],
    additionalProperties: true,
  };
}

/** A form has text only, and needs no id of its own when `data` holds JSON. */
function formSchema(definition: EntityDefinition): Schema {
  const text: Schema = { type: 'string' };
  const names = ['id', ...Object.keys(fieldProperties(definition)), 'Modified_Time', 'operation'];
  return {
    description: `One field for each field of a ${definition.name}, an empty one clearing it; or the records as JSON in \`data\` or \`records\`.`,
    type: 'object',
    properties: {
      ...Object.fromEntries(names.map((name) => [name, text])),
      data: { ...text, contentMediaType: 'application/json' },
      records: { ...text, contentMediaType: 'application/json' },
    },
    additionalProperties: text,
  };
}

/** Every key that the entity reads, in the order of its fields. */
function fieldProperties(definition: EntityDefinition): Schemas {
  const { fields, autonumber } = definition;
  const properties = sentProperties(fields, (field, name) =>
    field.type === 'list' ? sentList(definition, name) : sentSchema(field, field.type),
  );
  if (autonumber) {
    const { alias, field, besides, otherwise } = autonumber;
    const description = `\`${field}\` when ${quoted(besides)} stand beside it or the row has a number, else \`${otherwise}\`.`;
    properties[alias] ??= { type: ['string', 'null'], description };
  }
  return properties;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
