import * as fc from 'fast-check';
import { newTenant, type Row, TestService } from './support/app';
import { randomFrom, shuffled } from './support/random';

let service: TestService;
beforeAll(async () => {
  service = await TestService.start();
});
afterAll(() => service.close());

/** Ids of each entity; every record names some of the others'. */
const POOL = 2;
const RUNS = 200;

type References = readonly number[];
interface Sending {
  readonly entity: string;
  readonly record: Record<string, unknown>;
}

/** In the order in which they can be stored. Each makes a full record of its pool's `n`-th id. */
const ENTITIES: Readonly<Record<string, (n: number, refs: References, word: string) => object>> = {
  programs: (_n, _refs, word) => ({ Product_Name: `P ${word}`, Program_Price: word.length * 100, Description: word }),
  teachers: (_n, _refs, word) => ({ Name: `T ${word}`, Email: null }),
  units: (_n, [a = 0], word) => ({
    Name: `U ${word}`,
    Program: ref('programs', a),
    P1_description: word,
    D1_description: null,
  }),
  students: (n, [a = 0], word) => ({
    Display_Name: `S ${word}`,
    Academic_Email: `s${n}@c.example`,
    Program: ref('programs', a),
  }),
  classes: (_n, [a = 0, b = 0, c = 0], word) => ({
    Class_Name: `C ${word}`,
    BTEC_Program: ref('programs', a),
    Unit: ref('units', b),
    Teacher: { ...ref('teachers', c), name: word },
  }),
  enrollments: (_n, [a = 0, b = 0], word) => ({
    Student: ref('students', a),
    Class: ref('classes', b),
    Enrollment_Type: word,
  }),
  registrations: (_n, [a = 0, b = 0], word) => ({
    Student: ref('students', a),
    Program: ref('programs', b),
    Study_Mode: word,
    Payment_Schedule: Array.from(word, (_letter, at) => ({ Installment_No: at + 1, Installment_Status: word })),
  }),
  payments: (_n, [a = 0], word) => ({ Registration: ref('registrations', a), Amount: word.length - 5, Note: word }),
  grades: (_n, [a = 0, b = 0, c = 0], word) => ({
    Student: ref('students', a),
    Class: ref('classes', b),
    Unit: ref('units', c),
    Grade: `G ${word}`,
  }),
};
const NAMES = Object.keys(ENTITIES);
const ref = (entity: string, n: number) => ({ id: `${entity}-${n % POOL}` });

/** Versions of records in the order in which Zoho made them. */
const versions = fc.array(
  fc.record({
    entity: fc.constantFrom(...NAMES),
    n: fc.nat(POOL - 1),
    refs: fc.array(fc.nat(POOL - 1), { minLength: 3, maxLength: 3 }),
    word: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  }),
  { minLength: 5, maxLength: 30 },
);

/** Every record of the pool once, so that whatever is named comes, and then the versions. */
function toSendings(changes: readonly { entity: string; n: number; refs: References; word: string }[]): Sending[] {
  const base = NAMES.flatMap((entity) =>
    Array.from({ length: POOL }, (_none, n) => ({ entity, n, refs: [n, n + 1, n], word: 'base' })),
  );
  return [...base, ...changes].map(({ entity, n, refs, word }, at) => ({
    entity,
    record: {
      id: `${entity}-${n}`,
      ...ENTITIES[entity]?.(n, refs, word),
      Modified_Time: new Date(Date.UTC(2026, 1, 1, 0, 0, at)).toISOString(),
    },
  }));
}

/** Entity by entity, each one's versions in the order of time. */
async function deliverInOrder(tenant: string, sendings: readonly Sending[]): Promise<void> {
  for (const name of NAMES) {
    const data = sendings.filter(({ entity }) => entity === name).map(({ record }) => record);
    await service.sync(name, { data }, { tenant });
  }
}

/** In any order, some twice, in requests of any size, several at once. */
async function deliverAnyhow(tenant: string, sendings: readonly Sending[], seed: number): Promise<void> {
  const random = randomFrom(seed);
  const twice = sendings.filter(() => random() < 0.2);
  const requests: { entity: string; data: object[]; size: number }[] = [];
  for (const { entity, record } of shuffled([...sendings, ...twice], random)) {
    const open = requests.find((request) => request.entity === entity && request.data.length < request.size);
    if (open) open.data.push(record);
    else requests.push({ entity, data: [record], size: 1 + Math.floor(random() * 5) });
  }
  const left = shuffled(requests, random);
  while (left.length > 0) {
    const atOnce = left.splice(0, 1 + Math.floor(random() * 6));
    await Promise.all(atOnce.map(({ entity, data }) => service.sync(entity, { data }, { tenant })));
  }
}

async function rowsOf(tenant: string): Promise<Record<string, object>> {
  const rows: Record<string, object> = {};
  for (const name of NAMES) {
    const { body } = await service.get<{ data: Row[] }>(`/v1/${name}`, tenant);
    for (const { last_sync: _a, created_at: _b, updated_at: _c, ...row } of body.data) rows[row['zoho_id'] ?? ''] = row;
  }
  return rows;
}

it('records that come in any order, some twice, several at once, end as if they had come once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(versions, fc.integer(), async (changes, seed) => {
      const [inOrder, anyhow] = [newTenant(), newTenant()];
      const sendings = toSendings(changes);
      await deliverInOrder(inOrder, sendings);
      await deliverAnyhow(anyhow, sendings, seed);
      expect((await service.get<{ data: [] }>('/v1/deferred', anyhow)).body.data).toEqual([]);
      const expected = await rowsOf(inOrder);
      expect(Object.keys(expected)).toHaveLength(NAMES.length * POOL);
      expect(await rowsOf(anyhow)).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
