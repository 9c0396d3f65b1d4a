import payloads from './fixtures/zoho-payloads.json';
import { newTenant, type Row, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const ENTITIES = [
  'programs',
  'students',
  'units',
  'classes',
  'enrollments',
  'registrations',
  'payments',
  'grades',
  'teachers',
] as const;
type Entity = (typeof ENTITIES)[number];
const bodyOf = (entity: Entity, label: string): unknown =>
  payloads[entity].find((payload) => payload.label === label)?.body;
const row = (entity: Entity, id: string): Promise<Row> => service.row(entity, id, tenant);

interface Expected {
  readonly statuses: string[];
  readonly rows: Record<string, Record<string, unknown>>;
  /** results of records that are INVALID or SKIPPED, by their place */
  readonly results?: Record<number, object>;
}

/** The payloads that others name, by entity and label, in the order in which they can be stored. */
const PARENTS: readonly (readonly [Entity, string])[] = [
  ['programs', 'README shape'],
  ['programs', 'full CRM record, module Products'],
  ['students', 'API_DOCUMENTATION shape'],
  ['students', 'full CRM record, Name is an autonumber, real name in Display_Name'],
  ['units', 'phase-4 parser shape'],
  ['units', 'full CRM record, module BTEC (grading criteria P/M/D)'],
  ['classes', 'README/test shape'],
  ['classes', 'full CRM record BTEC_Classes'],
  ['registrations', 'phase-4 parser shape'],
  ['registrations', 'full CRM record with Payment_Schedule subform'],
];

/** What contract and field map call for, by the payload's label. */
const EXPECTED: Record<Entity, Record<string, Expected>> = {
  programs: {
    'README shape': {
      statuses: ['NEW'],
      rows: { prog_001: { name: 'Python Course', price: '199.99', status: 'Active', code: null } },
    },
    'full CRM record, module Products': {
      statuses: ['NEW'],
      rows: {
        '5843017000000100001': {
          name: 'BTEC Level 5 HND in Computing',
          code: 'PRG-0021',
          price: '4200',
          status: 'Approved',
          description: null,
          zoho_moodle_id: '34',
          version: '2026-02-14T07:21:07.000Z',
        },
      },
    },
    'second program, price as string, no MoodleID': {
      statuses: ['NEW'],
      rows: { '5843017000000100002': { price: '2950', status: 'Draft', zoho_moodle_id: null } },
    },
    'Deluge envelope with source and module': {
      statuses: ['NEW'],
      rows: { '5843017000000100001': { name: 'BTEC Level 5 HND in Computing (RQF)', price: '4200', version: null } },
    },
  },
  students: {
    'API_DOCUMENTATION shape': {
      statuses: ['NEW'],
      rows: {
        zoho_001: {
          display_name: 'Layla Haddad',
          student_number: null,
          academic_email: 'Layla.Haddad@college.example',
          username: 'layla.haddad@college.example',
          phone: '+90 555 010 0001',
          status: 'Active',
        },
      },
    },
    'test-suite shape': {
      statuses: ['NEW'],
      rows: {
        student_test_001: {
          display_name: 'Test Student',
          academic_email: 'student@test.com',
          username: 'student@test.com',
        },
      },
    },
    'full CRM record, Name is an autonumber, real name in Display_Name': {
      statuses: ['NEW'],
      rows: {
        '5843017000000200001': {
          display_name: 'Omar Kaya',
          first_name: 'Omar',
          last_name: 'Kaya',
          student_number: 'A01B9001C',
          academic_email: 'a01b9001c@college.example',
          phone: '+905550100002',
          status: 'Active',
          birth_date: '2003-04-17',
          country: 'Turkey',
          city: 'Istanbul',
          program: '5843017000000100001',
          zoho_moodle_id: null,
          version: '2026-02-14T07:21:07.000Z',
        },
      },
    },
    'two records sharing one Academic_Email, then a valid one in the same batch': {
      statuses: ['NEW', 'INVALID', 'NEW'],
      rows: {
        '5843017000000200003': { academic_email: 'mina@college.example', status: 'Active' },
        '5843017000000200005': {
          academic_email: 'yusuf@college.example',
          status: 'Withdraw',
          student_number: 'A01B9005C',
        },
      },
    },
  },
  units: {
    'phase-4 parser shape': {
      statuses: ['NEW'],
      rows: {
        unit_123: { name: 'Introduction to Business', code: 'UNIT001', credits: '30', level: 'L3', criteria: [] },
      },
    },
    'full CRM record, module BTEC (grading criteria P/M/D)': {
      statuses: ['NEW'],
      rows: {
        '5843017000000300001': {
          name: 'Unit 1: Programming',
          code: 'H/618/7388',
          number: '1',
          level: 'Level 5',
          credits: '15',
          program: '5843017000000100001',
          criteria: [
            {
              code: 'P1',
              description: 'Define an algorithm and outline the process in building an application.',
            },
            { code: 'P2', description: 'Determine the steps taken from writing code to execution.' },
            { code: 'M1', description: 'Determine the steps taken and evaluate the challenges.' },
            { code: 'D1', description: 'Examine the implementation of an algorithm in a suitable language.' },
          ],
        },
      },
    },
    'missing name': {
      statuses: ['INVALID'],
      rows: {},
      results: { 0: { errors: [{ field: 'name', code: 'MANDATORY_NOT_FOUND' }] } },
    },
  },
  classes: {
    'README/test shape': {
      statuses: ['NEW'],
      rows: {
        class_001: {
          name: 'Python 101',
          short_name: 'PY101',
          class_number: null,
          status: 'Active',
          start_date: '2024-01-15',
          end_date: '2024-06-15',
          teacher: 'teacher_001',
          teacher_name: null,
          unit: 'unit_123',
          program: 'prog_001',
        },
      },
    },
    'full CRM record BTEC_Classes': {
      statuses: ['NEW'],
      rows: {
        '5843017000000400001': {
          name: 'Unit 1: Programming - T1 2026 (Onsite)',
          class_number: 'CLS-00431',
          short_name: 'PROG-T1-26',
          status: 'Active',
          program: '5843017000000100001',
          unit: '5843017000000300001',
          teacher: '5843017000000700001',
          teacher_name: 'Dr. Elif Yildiz',
          zoho_moodle_id: null,
        },
      },
    },
    'same class, status moved on and Moodle id written back': {
      statuses: ['NEW'],
      rows: {
        '5843017000000400001': {
          status: 'Initial Evaluation',
          end_date: '2026-06-05',
          zoho_moodle_id: '812',
          ms_teams_id: '19:invented@thread.tacv2',
        },
      },
    },
    'bad date': {
      statuses: ['INVALID'],
      rows: {},
      results: { 0: { errors: [{ field: 'start_date', code: 'INVALID_DATA', value: '02/02/2026' }] } },
    },
  },
  enrollments: {
    'README/test shape': {
      statuses: ['NEW'],
      rows: {
        enr_001: {
          student: 'zoho_001',
          class: 'class_001',
          program: 'prog_001',
          status: 'Active',
          start_date: '2024-02-01',
        },
      },
    },
    'full CRM record BTEC_Enrollments (Enrolled_Students/Classes lookups)': {
      statuses: ['NEW'],
      rows: {
        '5843017000000500001': {
          student: '5843017000000200001',
          class: '5843017000000400001',
          program: null,
          program_text: 'BTEC Level 5 HND in Computing',
          type: 'Normal',
          status: null,
          start_date: '2026-02-02',
          end_date: '2026-05-29',
        },
      },
    },
    'withdrawn, plain-id lookups, Contact/Class aliases': {
      statuses: ['NEW'],
      rows: { enr_002: { student: 'zoho_001', class: 'class_001', status: 'Withdrawn' } },
    },
  },
  registrations: {
    'phase-4 parser shape': {
      statuses: ['NEW'],
      rows: {
        reg_123: {
          student: 'zoho_001',
          program: 'prog_001',
          status: 'Active',
          registration_date: '2026-01-15',
          completion_date: '2027-01-15',
          registration_version: '1',
          installments: [],
        },
      },
    },
    'full CRM record with Payment_Schedule subform': {
      statuses: ['NEW'],
      rows: {
        '5843017000000600001': {
          student: '5843017000000200001',
          program: '5843017000000100001',
          status: 'Active',
          number: null,
          price: '4200',
          remaining_amount: '2800',
          currency: 'USD',
          study_mode: 'Onsite',
          study_language: 'English',
          installments: [
            { installment_no: '1', due_date: '2026-01-10', amount: '1400', status: 'Paid', paid_date: '2026-01-09' },
            { installment_no: '2', due_date: '2026-03-10', amount: '1400', status: 'Pending', paid_date: null },
          ],
        },
      },
    },
    'student not synced': {
      statuses: ['SKIPPED'],
      rows: {},
      results: {
        0: {
          reason: 'student_not_synced_yet',
          missing: [{ field: 'student', zoho_id: 'nobody', reason: 'student_not_synced_yet' }],
          deferred: true,
        },
      },
    },
  },
  payments: {
    'phase-4 parser shape': {
      statuses: ['NEW'],
      rows: {
        pay_123: {
          registration: 'reg_123',
          amount: '500',
          date: '2026-01-20',
          method: 'Credit Card',
          status: 'Completed',
          note: 'Course fees',
        },
      },
    },
    'full CRM record': {
      statuses: ['NEW'],
      rows: {
        '5843017000000650001': {
          registration: '5843017000000600001',
          student: '5843017000000200001',
          amount: '1400',
          method: 'Bank Transfer',
          type: 'Study Fees',
          installment_no: '1',
          note: 'First installment',
          status: null,
        },
      },
    },
    'refund (negative amount) / bad date / unknown registration': {
      statuses: ['NEW', 'INVALID', 'SKIPPED'],
      rows: { pay_124: { amount: '-5' } },
      results: {
        1: { errors: [{ field: 'date', value: '20/01/2026' }] },
        2: { reason: 'registration_not_synced_yet', missing: [{ field: 'registration', zoho_id: 'nope' }] },
      },
    },
  },
  grades: {
    'phase-4 parser shape': {
      statuses: ['NEW'],
      rows: {
        grade_123: {
          student: 'zoho_001',
          unit: 'unit_123',
          class: null,
          grade: 'A',
          score: '95',
          date: '2026-06-15',
          feedback: 'Excellent performance',
          outcomes: [],
        },
      },
    },
    'full CRM record with learning outcomes subform': {
      statuses: ['NEW'],
      rows: {
        '5843017000000800001': {
          student: '5843017000000200001',
          class: '5843017000000400001',
          unit: null,
          unit_text: 'Unit 1: Programming',
          grade: 'M',
          score: null,
          status: 'Released',
          attempt: '1',
          date: '2026-05-30',
          feedback: 'Clear structure.',
          grader: 'Dr. Elif Yildiz',
          outcomes: [
            {
              code: 'P1',
              title: 'Define an algorithm',
              score: 'Achieved',
              feedback: 'Good',
              definition: 'Define an algorithm and outline the process in building an application.',
            },
            {
              code: 'M1',
              title: 'Evaluate',
              score: 'Achieved',
              feedback: null,
              definition: 'Determine the steps taken and evaluate the challenges.',
            },
          ],
        },
      },
    },
    'score out of range, refer then RR': {
      statuses: ['INVALID', 'NEW'],
      rows: { grade_125: { grade: 'RR', score: null } },
      results: { 0: { errors: [{ field: 'score', code: 'INVALID_DATA', value: '170' }] } },
    },
  },
  teachers: {
    'BTEC_Teachers full record': {
      statuses: ['NEW'],
      rows: {
        '5843017000000700001': {
          name: 'Dr. Elif Yildiz',
          academic_email: 'elif.yildiz@college.example',
          email: 'elif@mail.example',
          phone: '+905550100010',
          zoho_moodle_id: '77',
        },
      },
    },
    'teacher without academic email': {
      statuses: ['NEW'],
      rows: { '5843017000000700002': { name: 'Kerem Acar', academic_email: null, email: 'kerem@mail.example' } },
    },
    'teacher with upper-case email': {
      statuses: ['NEW'],
      rows: { '5843017000000700003': { academic_email: 'Rana.Saleh@College.Example' } },
    },
  },
};

describe.each(ENTITIES)('%s as Zoho sends them', (entity) => {
  it('has an expectation for every payload', () => {
    expect(Object.keys(EXPECTED[entity])).toEqual(payloads[entity].map(({ label }) => label));
  });

  it.each(Object.entries(EXPECTED[entity]))('%s', async (label, { statuses, rows, results = {} }) => {
    const body = bodyOf(entity, label);
    for (const [parent, itsLabel] of PARENTS) {
      if (parent === entity) break;
      await service.sync(parent, bodyOf(parent, itsLabel), { tenant });
    }
    const report = await service.sync(entity, body, { tenant });
    expect(statusesOf(report)).toEqual(statuses);
    for (const [place, result] of Object.entries(results)) expect(report.results[Number(place)]).toMatchObject(result);
    for (const [id, expected] of Object.entries(rows)) expect(await row(entity, id)).toMatchObject(expected);
    const again = statuses.map((status) => (status === 'NEW' ? 'UNCHANGED' : status));
    expect(statusesOf(await service.sync(entity, body, { tenant }))).toEqual(again);
  });
});

it('a program’s next version names what changed, and keeps what the webhook left out', async () => {
  await service.sync('programs', bodyOf('programs', 'full CRM record, module Products'), { tenant });
  const report = await service.sync('programs', bodyOf('programs', 'Deluge envelope with source and module'), {
    tenant,
  });
  expect(report.results).toEqual([
    {
      zoho_program_id: '5843017000000100001',
      status: 'UPDATED',
      message: 'Program updated: name',
      changes: { name: { before: 'BTEC Level 5 HND in Computing', after: 'BTEC Level 5 HND in Computing (RQF)' } },
    },
  ]);
});

describe('envelopes and notices', () => {
  const item = (label: string) => {
    const found = payloads.envelopes.items.find((candidate) => candidate.label === label);
    if (!found) throw new Error(`no payload ${label}`);
    return found;
  };
  const post = (label: string, entity: Entity = 'students') => {
    const { body, raw, content_type: type } = item(label) as { body?: unknown; raw?: string; content_type?: string };
    return service.send<{ code?: string; results?: { status: string }[] }>('POST', `/v1/sync/${entity}`, {
      body: raw ?? JSON.stringify(body),
      headers: { 'X-Tenant-ID': tenant, 'Content-Type': type ?? 'application/json' },
    });
  };

  it.each<[string, Entity]>([
    ['notification channel: ids[]', 'students'],
    ['event-router body (docs)', 'students'],
    ['workflow webhook body as the repo registers it in Zoho (id only)', 'classes'],
    ['workflow webhook, merge field NOT substituted by Zoho (must be rejected, not fetched)', 'classes'],
  ])('%s is told which fields to add', async (label, entity) => {
    expect(await post(label, entity)).toMatchObject({ status: 422, body: { code: 'RECORD_WITHOUT_FIELDS' } });
  });

  it('an event that tells of a deletion deletes', async () => {
    const label = 'event-router body (SAMPLE_WEBHOOKS.md; different keys)';
    expect((await post(label, 'enrollments')).body.results).toMatchObject([
      { zoho_enrollment_id: '5843017000000500001', status: 'DELETED' },
    ]);
    expect(await row('enrollments', '5843017000000500001')).toMatchObject({
      deleted_at: expect.any(String) as string,
    });
  });

  it('a channel with wrapped data is a partial record', async () => {
    expect((await post('channel with wrapped data')).body.results).toMatchObject([{ status: 'INVALID' }]);
    await service.sync(
      'students',
      bodyOf('students', 'full CRM record, Name is an autonumber, real name in Display_Name'),
      { tenant },
    );
    expect((await post('channel with wrapped data')).body.results).toMatchObject([{ status: 'UNCHANGED' }]);
  });

  it('a form has one field for each field of Zoho', async () => {
    expect((await post('form-urlencoded default-mode webhook (raw body text)')).body.results).toMatchObject([
      { status: 'NEW' },
    ]);
    expect(await row('students', '5843017000000200001')).toMatchObject({
      display_name: 'A01B9001C',
      phone: '+905550100002',
      version: '2026-02-14T07:21:07.000Z',
    });
  });

  it('records may stand instead of data', async () => {
    expect((await post('records instead of data')).body.results).toMatchObject([
      { zoho_student_id: 'zoho_009', status: 'NEW' },
    ]);
  });
});
