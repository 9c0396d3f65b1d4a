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

type Entity = 'students' | 'programs';
const bodyOf = (entity: Entity, label: string): unknown =>
  payloads[entity].find((payload) => payload.label === label)?.body;
const row = (entity: Entity, id: string): Promise<Row> => service.row(entity, id, tenant);

interface Expected {
  readonly statuses: string[];
  readonly rows: Record<string, Record<string, string | null>>;
}

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
};

describe.each(['programs', 'students'] as const)('%s as Zoho sends them', (entity) => {
  it('has an expectation for every payload', () => {
    expect(Object.keys(EXPECTED[entity])).toEqual(payloads[entity].map(({ label }) => label));
  });

  it.each(Object.entries(EXPECTED[entity]))('%s', async (label, { statuses, rows }) => {
    const body = bodyOf(entity, label);
    expect(statusesOf(await service.sync(entity, body, { tenant }))).toEqual(statuses);
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

  it.each(['notification channel: ids[]', 'event-router body (docs)'])(
    '%s is told which fields to add',
    async (label) => {
      expect(await post(label)).toMatchObject({ status: 422, body: { code: 'RECORD_WITHOUT_FIELDS' } });
    },
  );

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
