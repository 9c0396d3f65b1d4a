import type { Field, FieldType } from '../sync/fields';
import { objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

/** Types of fields with one value; lists are in `list-schemas.ts`. */
export type SimpleType = Exclude<FieldType, 'list'>;

/** What a field of one type looks like on its way in, when it is stored, and when it changes. */
interface FieldKind {
  readonly sent: Schema;
  readonly stored: Schema & { type: 'string' };
  /** the name of its change's schema */
  readonly change: string;
}

export const ZOHO_ID = {
  type: 'string',
  pattern: '^[A-Za-z0-9_.:-]{1,64}$',
  description: 'The id of a record in Zoho CRM. Always a string: 19 digits are more than a double holds exactly.',
} as const;

const SENT_TEXT: Schema = { type: ['string', 'null'] };

/** A type of field that is added to the engine is missing here until it is described. */
export const FIELD_KINDS: Readonly<Record<SimpleType, FieldKind>> = {
  text: { sent: SENT_TEXT, stored: { type: 'string' }, change: 'TextChange' },
  email: {
    sent: { type: ['string', 'null'], format: 'idn-email' },
    stored: { type: 'string', format: 'idn-email' },
    change: 'EmailChange',
  },
  date: {
    sent: { type: ['string', 'null'], format: 'date' },
    stored: { type: 'string', format: 'date' },
    change: 'DateChange',
  },
  decimal: {
    sent: { ...SENT_TEXT, description: 'Groups of three and a currency sign may stand in it: `4,200.00`.' },
    stored: {
      type: 'string',
      pattern: '^-?[0-9]{1,20}([.][0-9]{1,10})?$',
      description: 'An exact decimal in its shortest form, never a float.',
    },
    change: 'DecimalChange',
  },
  reference: {
    sent: {
      anyOf: [refTo('ZohoLookup'), ZOHO_ID, { type: 'null' }],
      description: 'A lookup as Zoho writes it, or the id alone.',
    },
    stored: ZOHO_ID,
    change: 'ReferenceChange',
  },
};

/** Before and after of a field of this type; null is an empty field. */
export function changeSchema(type: SimpleType): Schemas {
  const { change, stored } = FIELD_KINDS[type];
  return { [change]: objectOf({ before: orNull(stored), after: orNull(stored) }) };
}

/** Whether the field takes something from the value. */
export function reads(field: Field, value: unknown): boolean {
  const parsed = field.parse(value);
  return parsed.kind === 'value' && parsed.value !== null;
}

/** Text may be the name that stands in a lookup: what the field reads tells. */
export const readsLookup = (field: Field): boolean =>
  field.type === 'reference' || (field.type === 'text' && reads(field, { id: '1', name: 'Name' }));

/** A value as Zoho sends it, of any field but a list. */
export function sentSchema(field: Field, type: SimpleType): Schema {
  if (type !== 'text' || !readsLookup(field)) return FIELD_KINDS[type].sent;
  const text: Schema[] = reads(field, 'Name') ? [{ type: 'string' }] : [];
  return { anyOf: [refTo('ZohoLookup'), ...text, { type: 'null' }], description: 'Of a lookup, the name is read.' };
}
