import type { Field } from '../sync/fields';
import { FIELD_KINDS } from './field-kinds';

/** Values that read well, by a field's canonical name: one that is stored first and, for some, one that comes later. */
const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  academic_email: ['omar@college.example'],
  display_name: ['Omar Kaya'],
  first_name: ['Omar'],
  last_name: ['Kaya'],
  student_number: ['A0021'],
  phone: ['+90 555 010 0001', '+90 555 010 0002'],
  status: ['Active'],
  birth_date: ['2003-04-17'],
  country: ['Türkiye'],
  city: ['İzmir'],
  name: ['HND in Computing'],
  code: ['PRG-0021'],
  price: ['4,200.00', '4,350.50'],
  description: ['Two years, in the evening'],
  zoho_moodle_id: ['42'],
};

/** What Zoho may send for a field: always values that the field itself can read. */
export function exampleValues(name: string, field: Field): readonly unknown[] {
  const own = (BY_NAME[name] ?? []).filter((value) => isReadable(field, value));
  return own.length > 0 ? own : FIELD_KINDS[field.type].examples.filter((value) => isReadable(field, value));
}

const isReadable = (field: Field, value: unknown): boolean => field.parse(value).kind === 'value';
