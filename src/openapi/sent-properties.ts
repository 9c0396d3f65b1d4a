import type { Field, FieldTable } from '../sync/fields';
import type { Schema, Schemas } from './schema';

/** Every key that fields are read from, in their order. */
export function sentProperties(fields: FieldTable, schemaOf: (field: Field, name: string) => Schema): Schemas {
  const properties: Schemas = {};
  for (const [name, field] of Object.entries(fields)) {
    for (const [alias, description] of aliasesOf(name, field)) {
      const known = properties[alias];
      const schema = known && field.type !== 'reference' ? known : schemaOf(field, name);
      const texts = known
        ? [known.description, field.type === 'reference' && description]
        : [description, schema.description];
      properties[alias] = { ...schema, description: texts.filter(Boolean).join(' ') };
    }
    for (const { alias, code } of field.members) {
      properties[alias] = {
        type: ['string', 'null'],
        description: `The element \`${code}\` of \`${name}\`; null takes it away.`,
      };
    }
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

export const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(' or ');
