import type { SyncReport } from '../../src/sync/sync-report';
import { newTenant } from '../support/app';
import { SAMPLES } from '../contract/samples';
import { isWhole } from './extent';
import { fieldNamesOf } from './routes';
import { expectUnharmed, statusesIn, TriedService } from './tried-service';

let service: TriedService;
let tenant: string;
beforeAll(async () => {
  service = await TriedService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.end());

const program = (id: string, rest: object = {}): object => ({ id, Product_Name: 'HND', ...rest });
const send = (data: readonly unknown[]) => service.sync('programs', JSON.stringify({ data }), { tenant });
const countsOf = (statuses: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(statuses, (status) => status)].map(([status, all]) => [status, all.length]));

describe('a batch', () => {
  it.each([1, 2, 999, 10_000])('of %i records has as many results, in their order', async (count) => {
    const ids = Array.from({ length: count }, (_none, n) => `p${n}`);
    const answer = await send(ids.map((id) => program(id)));
    expect([answer.faults, countsOf(statusesIn(answer))]).toEqual([[], { NEW: count }]);
    const { results } = answer.body as SyncReport;
    expect(results.map((result) => (result as unknown as { zoho_program_id: string }).zoho_program_id)).toEqual(ids);
  });

  it('of 10,000 in which one alone is good applies that one', async () => {
    const bad = [1, null, [], {}, { id: [] }, { id: 'x' }, { id: 'y', Product_Name: {} }, [[{ id: 'p' }]], 'z', true];
    const data = Array.from({ length: 10_000 }, (_none, n) => (n === 6_789 ? program('good') : bad[n % bad.length]));
    const answer = await send(data);
    expect([answer.faults, countsOf(statusesIn(answer))]).toEqual([[], { INVALID: 9_999, NEW: 1 }]);
    expect(statusesIn(answer)[6_789]).toBe('NEW');
    expect(await service.stored('programs', 'good', tenant)).toMatchObject({ name: 'HND' });
  });

  it('of the same id 10,000 times has a result for each, and the last word counts', async () => {
    const answer = await send(Array.from({ length: 10_000 }, (_none, n) => program('p1', { Description: `v${n}` })));
    expect([answer.faults, countsOf(statusesIn(answer))]).toEqual([[], { NEW: 1, UPDATED: 9_999 }]);
    expect(await service.stored('programs', 'p1', tenant)).toMatchObject({ description: 'v9999' });
  });

  it('of the same id, good and bad in turn, applies the good ones', async () => {
    const answer = await send([
      program('p1', { Description: 'a' }),
      program('p1', { Description: '\0' }),
      program('p1', { Description: 'b' }),
      { id: 'p1', Product_Name: null },
      program('p1', { Description: 'c' }),
    ]);
    expect(statusesIn(answer)).toEqual(['NEW', 'INVALID', 'UPDATED', 'INVALID', 'UPDATED']);
    expect(await service.stored('programs', 'p1', tenant)).toMatchObject({ name: 'HND', description: 'c' });
  });

  it('of one id in many spellings is of one record', async () => {
    const answer = await send(['7', 7, ' 7 ', '7\n', '\ufeff7'].map((id) => ({ ...program('7'), id })));
    expect(statusesIn(answer)).toEqual(['NEW', 'UNCHANGED', 'UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
  });
});

const LONG = 100_000;
/** Pieces of what the patterns look for: repeated, they are the longest way through each. */
const PIECES = [
  ['a', '0', ' ', '\t', '-', '.', ',', '@', '$', '€', '{', '${!', '[', '[["', '"', '\\', 'T', ':', '+'],
  ['\u0301', '\u200b', '🎓'],
  ['1,', '1.', 'a@', 'a.', 'a-', '2026-', '1e', '"a":', '[]', '${!a', '\\u0000', '%41', 'é', 'e\u0301'],
].flat();

/** No time is measured: a pattern that looks back for ever would never let the test end. */
const SOME = SAMPLES.map((sample, n) => ({
  ...sample,
  pieces: PIECES.filter((_piece, at) => isWhole || at % 9 === n),
}));

describe.each(SOME)(
  '100 kB of anything in any field of $entity',
  ({ entity, singular, parents = [], record, pieces }) => {
    it.each(pieces)('ends, and spoils no other record: %j', async (piece) => {
      for (const [parent, one] of parents) await service.sync(parent, JSON.stringify(one), { tenant });
      const text = piece.repeat(Math.ceil(LONG / piece.length));
      const bad = [...fieldNamesOf(singular), 'Modified_Time', 'operation', '$state'].map((alias, n) => ({
        ...record(`bad${n}`, `bad${n}`),
        [alias]: text,
      }));
      const data = [record('first', 'first'), ...bad, record('last', 'last')];
      const answer = await service.sync(entity, JSON.stringify({ data }), { tenant });
      const statuses = statusesIn(answer);
      expect(answer.faults).toEqual([]);
      expect([statuses.length, statuses[0], statuses.at(-1)]).toEqual([data.length, 'NEW', 'NEW']);
      expect(statuses).not.toContain('ERROR');
    });
  },
);

it('afterwards the service is as it was', () => expectUnharmed(service));
