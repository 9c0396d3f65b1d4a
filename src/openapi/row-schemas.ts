import type { EntityDefinition } from '../sync/fields';
import type { MappedColumn } from '../sync/record-mapper';
import { componentNames } from './component-names';
import type { DescribedEntity } from './described-entities';
import { FIELD_KINDS, ZOHO_ID } from './field-kinds';
import { INSTANT, objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

const DERIVED: Readonly<Record<MappedColumn['type'], Schema & { type: 'string' }>> = {
  text: FIELD_KINDS.text.stored,
  date: FIELD_KINDS.date.stored,
  numeric: FIELD_KINDS.decimal.stored,
};

/** What the read routes answer: a row, and a page of them. */
export function rowSchemas({ definition, derivedColumns }: DescribedEntity): Schemas {
  const names = componentNames(definition);
  const derived = derivedColumns.map(({ name, type }) => [name, orNull(DERIVED[type])]);
  return {
    [names.row]: {
      description: `A ${definition.name} as it is stored.`,
      ...objectOf({
        zoho_id: ZOHO_ID,
        ...canonicalFields(definition),
        ...Object.fromEntries(derived),
        version: { ...orNull(INSTANT), description: 'The newest `Modified_Time` applied; null when none came.' },
        last_sync: { ...INSTANT, description: 'When a record from Zoho last changed the row.' },
        created_at: INSTANT,
        updated_at: INSTANT,
      }),
    },
    [names.page]: {
      description: 'A page of rows, in the order of their creation.',
      ...objectOf({
        data: { type: 'array', items: refTo(names.row) },
        next_cursor: { type: ['string', 'null'], description: 'For the next page, as `cursor`; null on the last.' },
      }),
    },
  };
}

/** No row is stored without what is required. */
function canonicalFields({ fields }: EntityDefinition): Schemas {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, required }]) => {
      const { stored } = FIELD_KINDS[type];
      return [name, required ? stored : orNull(stored)];
    }),
  );
}
