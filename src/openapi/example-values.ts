import type { EntityDefinition, Field, FieldTable } from '../sync/fields';
import { reads, readsLookup, type SimpleType } from './field-kinds';
import { referencedEntity } from './referenced-entity';

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
  class_number: ['CLS-00431'],
  short_name: ['PROG-T1-26'],
  start_date: ['2026-02-02'],
  end_date: ['2026-05-29', '2026-06-05'],
  ms_teams_id: ['19:programming@thread.tacv2'],
  program_text: ['HND in Computing'],
  type: ['Normal'],
  number: ['1'],
  registration_date: ['2026-01-05'],
  completion_date: ['2027-01-15'],
  remaining_amount: ['2,800.00', '1,400.00'],
  currency: ['USD'],
  study_mode: ['Onsite'],
  study_language: ['English'],
  registration_version: ['1'],
  amount: ['1,400.00', '1,500.00'],
  method: ['Bank Transfer'],
  installment_no: ['1'],
  note: ['First installment'],
  due_date: ['2026-03-10'],
  paid_date: ['2026-03-09'],
  level: ['Level 5'],
  credits: ['15', '30'],
  unit_text: ['Unit 1: Programming'],
  grade: ['M', 'D'],
  score: ['71', '85'],
  attempt: ['1', '2'],
  feedback: ['Clear structure'],
  grader: ['Dr. Elif Yildiz'],
  title: ['Define an algorithm'],
  definition: ['Define an algorithm and outline how an application is built'],
};

/** Of other fields, by type: the first pair that the field reads, since some have bounds and some are whole numbers. */
const BY_TYPE: Readonly<Record<SimpleType, readonly (readonly string[])[]>> = {
  text: [['First', 'Second']],
  email: [['someone@college.example', 'somebody@college.example']],
  date: [['2026-02-14', '2026-02-15']],
  decimal: [
    ['4,200.00', '4350.50'],
    ['85', '92'],
    ['1', '2'],
  ],
  reference: [],
};

/** What stands in a lookup beside the id, by the entity that it names. */
const LOOKUP_NAMES: Readonly<Record<string, string>> = { program: 'HND in Computing', student: 'Omar Kaya' };

/** As the README has them. */
const KNOWN_IDS: Readonly<Record<string, string>> = {
  program: '5843017000000100001',
  student: '5843017000000200001',
};

/** The id of an entity's example, which the examples of other entities name: 19 digits, as in Zoho. */
export function exampleId(entity: string): string {
  const number = Array.from(entity).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 700, 0);
  return KNOWN_IDS[entity] ?? `5843017000000${number + 300}001`;
}

/** What Zoho may send for a field: always values that the field itself can read. */
export function exampleValues(name: string, field: Field): readonly unknown[] {
  if (field.type === 'list') return field.members.length > 0 ? [] : subformExamples(field);
  const own = (BY_NAME[name] ?? []).filter((value) => reads(field, value));
  if (own.length > 0) return own;
  return BY_TYPE[field.type].find((pair) => pair.every((value) => reads(field, value))) ?? lookupExamples(field);
}

function lookupExamples(field: Field): readonly unknown[] {
  if (!readsLookup(field)) return [];
  const entity = referencedEntity(field) ?? 'user';
  return [{ id: exampleId(entity), name: LOOKUP_NAMES[entity] ?? `The ${entity.replaceAll('_', ' ')}` }];
}

/** A list of one element; and one in which that has changed, and another has come. */
function subformExamples({ columns }: Field): readonly unknown[] {
  const [first, second] = [underAliases(columns, 0), underAliases(columns, 1)];
  return [[first], [second, first]];
}

/** The nth value of every field, or else its first, under Zoho's name. A lookup also gives the text that is its name. */
export function underAliases(fields: FieldTable, nth: number): Record<string, unknown> {
  const sent = Object.entries(fields).flatMap(([name, field]): [string, unknown, boolean][] => {
    const [alias] = field.aliases;
    const values = exampleValues(name, field);
    const value = values[nth] ?? values[0];
    return alias === undefined || value === undefined ? [] : [[alias, value, field.type === 'reference']];
  });
  const inOrder = [
    ...sent.filter(([, , isReference]) => !isReference),
    ...sent.filter(([, , isReference]) => isReference),
  ];
  return Object.fromEntries([...sent, ...inOrder].map(([alias, value]) => [alias, value]));
}

/** Elements that Zoho spreads over fields: two of them; then the first has changed, and a third has come. */
export function memberExamples({ fields }: EntityDefinition, nth: number): Record<string, string> {
  const members = Object.values(fields).flatMap((field) =>
    field.members.slice(0, 2 + nth).map((member, at) => ({ ...member, at })),
  );
  return Object.fromEntries(
    members.map(({ alias, code, at }) => [
      alias,
      at === 0 && nth > 0 ? `What ${code} asks for now` : `What ${code} asks for`,
    ]),
  );
}
