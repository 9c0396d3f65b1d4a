import type { FieldType } from '../sync/fields';
import { objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

/** What a field of one type looks like on its way in, when it is stored, and when it changes. */
interface FieldKind {
  readonly sent: Schema;
  readonly stored: Schema & { type: 'string' };
  /** the name of its change's schema */
  readonly change: string;
  /** values as Zoho may send them, for a field that has none of its own in `example-values.ts` */
  readonly examples: readonly unknown[];
}

export const ZOHO_ID = {
  type: 'string',
  pattern: '^[A-Za-z0-9_.:-]{1,64}$',
  description: 'The id of a record in Zoho CRM. Always a string: 19 digits are more than a double holds exactly.',
} as const;

const SENT_TEXT: Schema = { type: ['string', 'null'] };

/** A type of field that is added to the engine is missing here until it is described. */
export const FIELD_KINDS: Readonly<Record<FieldType, FieldKind>> = {
  text: { sent: SENT_TEXT, stored: { type: 'string' }, change: 'TextChange', examples: ['First', 'Second'] },
  email: {
    sent: { type: ['string', 'null'], format: 'idn-email' },
    stored: { type: 'string', format: 'idn-email' },
    change: 'EmailChange',
    examples: ['someone@college.example', 'somebody@college.example'],
  },
  date: {
    sent: { type: ['string', 'null'], format: 'date' },
    stored: { type: 'string', format: 'date' },
    change: 'DateChange',
    examples: ['2026-02-14', '2026-02-15'],
  },
  decimal: {
    sent: { ...SENT_TEXT, description: 'Groups of three and a currency sign may stand in it: `4,200.00`.' },
    stored: {
      type: 'string',
      pattern: '^-?[0-9]{1,20}([.][0-9]{1,10})?$',
      description: 'An exact decimal in its shortest form, never a float.',
    },
    change: 'DecimalChange',
    examples: ['4,200.00', '4350.50'],
  },
  reference: {
    sent: {
      anyOf: [refTo('ZohoLookup'), ZOHO_ID, { type: 'null' }],
      description: 'A lookup as Zoho writes it, or the id alone.',
    },
    stored: ZOHO_ID,
    change: 'ReferenceChange',
    examples: [{ id: '5843017000000100001', name: 'HND in Computing' }],
  },
};

/** Before and after of a field of this type; null is an empty field. */
export function changeSchema(type: FieldType): Schemas {
  const { change, stored } = FIELD_KINDS[type];
  return { [change]: objectOf({ before: orNull(stored), after: orNull(stored) }) };
}
