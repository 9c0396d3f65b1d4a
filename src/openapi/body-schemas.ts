import type { EntityDefinition, Field } from '../sync/fields';
import { componentNames } from './component-names';
import { FIELD_KINDS, ZOHO_ID } from './field-kinds';
import { INSTANT, refTo, type Schema, type Schemas } from './schema';

const LOOKUP: Schema = {
  description: 'How Zoho writes a lookup. Only the id is read.',
  type: 'object',
  properties: { id: ZOHO_ID, name: { type: ['string', 'null'] } },
  required: ['id'],
};

/** What a sync route takes: one record, a form, and every envelope that Zoho puts records in. */
export function bodySchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  const record = refTo(names.record);
  const oneOrMany: Schema = { anyOf: [{ type: 'array', items: record, minItems: 1 }, record] };
  const references = Object.values(definition.fields).some(({ type }) => type === 'reference');
  return {
    ...(references && { ZohoLookup: LOOKUP }),
    [names.record]: recordSchema(definition),
    [names.form]: formSchema(definition),
    [names.body]: {
      description: `${capital(definition.plural)} in any of Zoho's envelopes. Other keys beside the records are ignored.`,
      anyOf: [envelope('data', oneOrMany), envelope('records', oneOrMany), ...(oneOrMany.anyOf ?? [])],
    },
  };
}

const envelope = (key: string, records: Schema): Schema => ({
  type: 'object',
  properties: {
    [key]: records,
    module: { type: 'string', description: "The API name of the records' module; that of another route is refused." },
  },
  required: [key],
});

function recordSchema(definition: EntityDefinition): Schema {
  const { name, zohoModule, idAliases } = definition;
  return {
    description:
      `A ${name}, under the API names of Zoho's module ${zohoModule}. A key that is absent keeps the stored value, ` +
      'null clears it; keys that are not listed are ignored.',
    type: 'object',
    properties: {
      id: { ...ZOHO_ID, description: `${ZOHO_ID.description} Also read as ${quoted(idAliases.slice(1))}.` },
      ...fieldProperties(definition),
      Modified_Time: {
        ...INSTANT,
        description: 'The version: a record older than the stored one is STALE. Without an offset it is UTC.',
      },
    },
    required: ['id'],
    additionalProperties: true,
  };
}

/** A form has text only, and needs no id of its own when `data` holds JSON. */
function formSchema(definition: EntityDefinition): Schema {
  const text: Schema = { type: 'string' };
  const names = ['id', ...Object.keys(fieldProperties(definition)), 'Modified_Time'];
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
function fieldProperties({ fields, autonumber }: EntityDefinition): Schemas {
  const properties: Schemas = {};
  for (const [name, field] of Object.entries(fields)) {
    for (const [alias, description] of aliasesOf(name, field)) properties[alias] ??= describe(field, description);
  }
  if (autonumber) {
    const { alias, field, besides, otherwise } = autonumber;
    const description = `\`${field}\` when ${quoted(besides)} stand beside it or the row has a number, else \`${otherwise}\`.`;
    properties[alias] ??= { type: ['string', 'null'], description };
  }
  return properties;
}

function aliasesOf(name: string, field: Field): [alias: string, description: string][] {
  const [first, ...others] = field.aliases;
  const required = field.required ? '; must be known once the record is merged' : '';
  const unique = field.unique ? '; no two of a tenant share one' : '';
  return [
    ...(first === undefined ? [] : [[first, `\`${name}\`${required}${unique}.`] as [string, string]]),
    ...others.map((alias): [string, string] => [alias, `\`${name}\`, when ${quoted([first ?? ''])} is not there.`]),
    ...field.lastResort.map((alias): [string, string] => [alias, `\`${name}\`, when nothing else gives it.`]),
    ...field.firstSight.map((alias): [string, string] => [alias, `\`${name}\`, while no row is stored.`]),
  ];
}

function describe(field: Field, description: string): Schema {
  const { sent } = FIELD_KINDS[field.type];
  return { ...sent, description: sent.description ? `${description} ${sent.description}` : description };
}

const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(' or ');

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
