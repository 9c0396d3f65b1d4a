import { newTenant, type TestService } from '../support/app';
import { ELIF, OMAR } from '../support/canary/people';

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
  /** two names of Zoho for one field, and its canonical name */
  readonly twoNames?: readonly [first: string, second: string, field: string];
  /** Zoho's name for the status, where there is one */
  readonly status?: string;
  /** what must be stored first, and before that what those need, and what else the record names */
  readonly parents?: readonly (readonly [entity: string, record: Record<string, unknown>])[];
  /** what the record waits for, in the declared order: the field, and the parent that it names */
  readonly awaits?: readonly (readonly [field: string, zohoId: string])[];
}

const PROGRAM = ['programs', { id: 'p1', Product_Name: 'HND' }] as const;
const STUDENT = ['students', { id: 's1', Display_Name: OMAR.name, Academic_Email: 's1@college.example' }] as const;
const CLASS = ['classes', { id: 'c1', Class_Name: 'Programming' }] as const;
const UNIT = ['units', { id: 'u1', Name: 'Unit 1' }] as const;
const TEACHER = ['teachers', { id: 't1', Name: ELIF.name }] as const;
const REGISTRATION = ['registrations', { id: 'r1', Student: { id: 's1' }, Program: 'p1' }] as const;

export const SAMPLES: readonly Sample[] = [
  {
    entity: 'students',
    singular: 'student',
    record: (id, n = id) => ({
      id,
      Name: `A${n}`,
      Display_Name: OMAR.name,
      First_Name: OMAR.firstName,
      Last_Name: OMAR.lastName,
      Academic_Email: `s${n}@college.example`,
      Phone_Number: OMAR.phone,
      Status: 'Active',
      Birth_Date: OMAR.birthDate,
    }),
    required: ['Display_Name', 'display_name'],
    optional: ['City', 'city'],
    unusable: ['Birth_Date', 'birth_date', '2003-02-30'],
    otherModule: 'Products',
    twoNames: ['Phone_Number', 'Phone', 'phone'],
    status: 'Status',
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
    twoNames: ['Program_ID', 'Product_Code', 'code'],
    status: 'Status',
  },
  {
    entity: 'classes',
    singular: 'class',
    parents: [PROGRAM, TEACHER],
    awaits: [['program', 'p1']],
    record: (id) => ({
      id,
      Name: 'CLS-00431',
      Class_Name: 'Unit 1: Programming',
      Class_Status: 'Active',
      Start_Date: '2026-02-02',
      BTEC_Program: { id: 'p1', name: 'HND' },
      Teacher: { id: 't1', name: ELIF.name },
    }),
    required: ['Class_Name', 'name'],
    optional: ['MS_Teams_ID', 'ms_teams_id'],
    unusable: ['Start_Date', 'start_date', '02/02/2026'],
    otherModule: 'Products',
    twoNames: ['Class_Short_Name', 'Short_Name', 'short_name'],
    status: 'Class_Status',
  },
  {
    entity: 'enrollments',
    singular: 'enrollment',
    parents: [PROGRAM, STUDENT, CLASS],
    awaits: [
      ['student', 's1'],
      ['class', 'c1'],
    ],
    record: (id) => ({
      id,
      Enrolled_Students: { id: 's1', name: 'A01' },
      Classes: { id: 'c1' },
      Enrolled_Program: 'HND',
      Start_Date: '2026-02-02',
    }),
    required: ['Classes', 'class'],
    optional: ['Enrollment_Type', 'type'],
    unusable: ['End_Date', 'end_date', '29.05.2026'],
    otherModule: 'BTEC_Classes',
    twoNames: ['Enrollment_Status', 'Status', 'status'],
    status: 'Status',
  },
  {
    entity: 'registrations',
    singular: 'registration',
    parents: [PROGRAM, STUDENT],
    awaits: [
      ['student', 's1'],
      ['program', 'p1'],
    ],
    record: (id) => ({
      id,
      Student_ID: 's1',
      Program: { id: 'p1' },
      Program_Price: '4200',
      Payment_Schedule: [{ Installment_No: 1, Due_Date: '2026-01-10', Installment_Amount: 1400 }],
    }),
    required: ['Student_ID', 'student'],
    optional: ['Study_Mode', 'study_mode'],
    unusable: ['Program_Price', 'price', '199,99'],
    otherModule: 'Products',
    twoNames: ['Registration_Status', 'Status', 'status'],
    status: 'Status',
  },
  {
    entity: 'payments',
    singular: 'payment',
    parents: [PROGRAM, STUDENT, REGISTRATION],
    awaits: [['registration', 'r1']],
    record: (id) => ({ id, Registration_ID: { id: 'r1' }, Payment_Amount: 1400, Payment_Date: '2026-01-09' }),
    required: ['Payment_Amount', 'amount'],
    optional: ['Payment_Method', 'method'],
    unusable: ['Payment_Date', 'date', '20/01/2026'],
    otherModule: 'Products',
    twoNames: ['Note', 'Description', 'note'],
    status: 'Status',
  },
  {
    entity: 'units',
    singular: 'unit',
    record: (id) => ({
      id,
      Name: 'Unit 1: Programming',
      Unit_Credit: '15',
      P1_description: 'Define',
      M1_description: 'Judge',
    }),
    required: ['Name', 'name'],
    optional: ['Unit_Number', 'number'],
    unusable: ['Unit_Credit', 'credits', 'many'],
    otherModule: 'Products',
    twoNames: ['Unit_Level', 'Level', 'level'],
    status: 'Status',
  },
  {
    entity: 'grades',
    singular: 'grade',
    parents: [STUDENT, CLASS, UNIT],
    awaits: [
      ['student', 's1'],
      ['class', 'c1'],
      ['unit', 'u1'],
    ],
    record: (id) => ({
      id,
      Student: { id: 's1' },
      Class: { id: 'c1' },
      Unit: 'u1',
      Score: 71.5,
      Learning_Outcomes_Assessm: [{ LO_Code: 'P1', LO_Score: 'Achieved', LO_Feedback: '' }],
    }),
    required: ['Student', 'student'],
    optional: ['Grader_Name', 'grader'],
    unusable: ['Score', 'score', '101'],
    otherModule: 'Products',
    twoNames: ['Grade', 'Grade_Value', 'grade'],
    status: 'Grade_Status',
  },
  {
    entity: 'teachers',
    singular: 'teacher',
    record: (id) => ({ id, Name: ELIF.name, Academic_Email: 'elif@college.example' }),
    required: ['Name', 'name'],
    optional: ['Phone_Number', 'phone'],
    unusable: ['Email', 'email', 'not an address'],
    otherModule: 'Products',
  },
];

/** A tenant that no other test knows, with everything in it that the entity's records need. */
export async function tenantFor({ parents = [] }: Sample, service: TestService): Promise<string> {
  const tenant = newTenant();
  for (const [entity, record] of parents) await service.sync(entity, { data: [record] }, { tenant });
  return tenant;
}
