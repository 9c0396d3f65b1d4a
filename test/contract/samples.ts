/** What the contract suite needs to know of an entity, beside its declaration. Every value is invented. */
export interface Sample {
  readonly entity: string;
  readonly singular: string;
  /** a complete record; `n` keeps what must be unique apart */
  readonly record: (id: string, n?: string) => Record<string, unknown>;
  /** a required field under Zoho's name, and its canonical name */
  readonly required: readonly [alias: string, field: string];
  /** an optional text field under Zoho's name, and its canonical name */
  readonly optional: readonly [alias: string, field: string];
  /** a field with a value that cannot be used */
  readonly unusable: readonly [alias: string, field: string, value: unknown];
  readonly otherModule: string;
}

export const SAMPLES: readonly Sample[] = [
  {
    entity: 'students',
    singular: 'student',
    record: (id, n = id) => ({
      id,
      Name: `A${n}`,
      Display_Name: 'Omar Kaya',
      First_Name: 'Omar',
      Last_Name: 'Kaya',
      Academic_Email: `s${n}@college.example`,
      Phone_Number: '+905550100002',
      Status: 'Active',
      Birth_Date: '2003-04-17',
    }),
    required: ['Display_Name', 'display_name'],
    optional: ['City', 'city'],
    unusable: ['Birth_Date', 'birth_date', '2003-02-30'],
    otherModule: 'Products',
  },
  {
    entity: 'programs',
    singular: 'program',
    record: (id) => ({
      id,
      Product_Name: 'BTEC Level 5 HND in Computing',
      Program_ID: 'PRG-0021',
      Program_Price: 4200,
      Status: 'Approved',
    }),
    required: ['Product_Name', 'name'],
    optional: ['Description', 'description'],
    unusable: ['Program_Price', 'price', '199,99'],
    otherModule: 'BTEC_Students',
  },
];
