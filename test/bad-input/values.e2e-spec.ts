import type { SyncReport } from '../../src/sync/sync-report';
import { newTenant } from '../support/app';
import { expectUnharmed, statusesIn, type TriedAnswer, TriedService } from './tried-service';
import { IDS, LONG_NUMBERS, type ValueCase, VALUES, type ValuesOf } from './values';

let service: TriedService;
beforeAll(async () => {
  service = await TriedService.start();
});
afterAll(() => service.end());

const PARENTS = [
  ['programs', { id: 'p1', Product_Name: 'HND' }],
  ['students', { id: 's1', Display_Name: 'Omar Kaya', Academic_Email: 's1@college.example' }],
  ['registrations', { id: 'r1', Student: 's1', Program: 'p1' }],
] as const;

const told = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text;
};

type Result = SyncReport['results'][number] & { readonly zoho_program_id?: string | null };
const resultsIn = ({ body }: TriedAnswer): readonly Result[] => (body as SyncReport).results;

/** Every case as a record, between two that nothing is wrong with. */
function batchOf({ alias, record, cases }: ValuesOf): object[] {
  const numbered = (id: string): object => ({
    ...record,
    id,
    ...('Academic_Email' in record && { Academic_Email: `${id}@college.example` }),
  });
  const among = cases.flatMap(([sent], n) => [numbered(`good${n}`), { ...numbered(`case${n}`), [alias]: sent }]);
  return [...among, numbered('last')];
}

describe.each(VALUES)('$entity, $alias:', (of) => {
  const { entity, field, cases } = of;
  const tenant = newTenant();
  let answer: TriedAnswer;
  beforeAll(async () => {
    for (const [parent, record] of PARENTS) await service.sync(parent, JSON.stringify(record), { tenant });
    answer = await service.sync(entity, JSON.stringify({ data: batchOf(of) }), { tenant });
  });

  it.each(cases.map(([sent, stored], n) => ({ sent, stored, n, title: `${told(sent)} is ${told(stored)}` })))(
    '$title',
    async ({ stored, n }) => {
      const [before, own, after] = resultsIn(answer).slice(2 * n, 2 * n + 3);
      expect([answer.faults, before?.status, after?.status]).toEqual([[], 'NEW', 'NEW']);
      const row = await service.stored(entity, `case${n}`, tenant);
      if (stored === 'INVALID') {
        expect(own).toMatchObject({ status: 'INVALID', errors: [{ field: expect.stringContaining(field) as string }] });
        expect(row).toEqual({});
      } else {
        expect(own?.status).toBe('NEW');
        expect(row[field]).toEqual(stored);
      }
    },
  );
});

describe('ids of records:', () => {
  const good = { id: 'good', Product_Name: 'HND' };
  it.each(IDS.map(([sent, id]) => ({ sent, id, title: `${told(sent)} is ${told(id)}` })))(
    '$title',
    async ({ sent, id }: { sent: unknown; id: ValueCase[1] }) => {
      const answer = await service.sync('programs', JSON.stringify([{ ...good, id: sent }, good]));
      const status = id === 'INVALID' ? 'INVALID' : 'NEW';
      expect([answer.faults, statusesIn(answer)]).toEqual([[], [status, 'NEW']]);
      expect(resultsIn(answer)[0]?.zoho_program_id).toBe(id === 'INVALID' ? null : id);
    },
  );

  it.each(LONG_NUMBERS)('the number %s of JSON is %s', async (json, id) => {
    const answer = await service.sync('programs', `[{"id":${json},"Product_Name":"HND"}]`);
    expect([answer.faults, statusesIn(answer)]).toEqual([[], [id === null ? 'INVALID' : 'NEW']]);
    expect(resultsIn(answer)[0]?.zoho_program_id).toBe(id);
  });
});

it('afterwards the service is as it was', () => expectUnharmed(service));
