import { array, assert, asyncProperty, nat } from 'fast-check';
import { SAMPLES } from '../contract/samples';
import { newTenant } from '../support/app';
import { fieldsOf, requestOf, spelled, text } from './arbitraries';
import { CASES, isWhole } from './extent';
import { fieldNamesOf, ROUTES } from './routes';
import { expectUnharmed, statusesIn, TriedService } from './tried-service';

jest.setTimeout(isWhole ? 1_800_000 : 180_000);

let service: TriedService;
beforeAll(async () => {
  service = await TriedService.start();
});
afterAll(() => service.end());

/** The same each time where it has to be quick, and others each time where there is time. A failure tells the seed. */
const SEED = Number(process.env['BAD_INPUT_SEED'] ?? (isWhole ? Date.now() : 1));
const runs = (share: number, among: number) => ({ numRuns: Math.ceil((CASES * share) / among), seed: SEED });

describe('any request is answered as the document says, and never by a failure of ours:', () => {
  it.each(ROUTES.map((route) => ({ route, title: `${route.method} ${route.path}` })))('$title', async ({ route }) => {
    const property = asyncProperty(requestOf(route), async ({ headers, ...request }) => {
      const own = headers.some(([name]) => name === 'X-Tenant-ID') ? [] : [['X-Tenant-ID', newTenant()] as const];
      const { faults } = await service.try(route, { method: route.method, headers: [...own, ...headers], ...request });
      expect(faults).toEqual([]);
    });
    await assert(property, runs(0.5, ROUTES.length));
  });
});

/** What a record can come to that no one else has anything to do with; never ERROR. */
const OUTCOMES = ['NEW', 'UPDATED', 'UNCHANGED', 'INVALID', 'SKIPPED', 'STALE', 'DELETED'];

describe.each(SAMPLES)('$entity:', ({ entity, singular, parents = [], record, optional: [alias, field] }) => {
  const tenant = newTenant();
  let count = 0;
  const nextId = (): string => `made.${(count += 1)}`;
  beforeAll(async () => {
    for (const [parent, one] of parents) await service.sync(parent, JSON.stringify(one), { tenant });
  });

  it('a good record is applied, whatever else is in the batch', async () => {
    const names = [...fieldNamesOf(singular), 'Modified_Time', 'operation', '$state'];
    const others = array(fieldsOf(names), { minLength: 1, maxLength: 6 });
    const property = asyncProperty(others, nat(6), async (bad, place) => {
      const id = nextId();
      const data: unknown[] = bad.map((fields, n) => ({ ...record(`bad${n}`, `bad${n}`), ...fields }));
      const at = Math.min(place, data.length);
      data.splice(at, 0, record(id, id));
      const answer = await service.sync(entity, spelled({ data }), { tenant });
      const statuses = statusesIn(answer);
      expect([answer.faults, statuses.length, statuses[at]]).toEqual([[], data.length, 'NEW']);
      for (const status of statuses) expect(OUTCOMES).toContain(status);
      expect((await service.stored(entity, id, tenant))['zoho_id']).toBe(id);
    });
    await assert(property, runs(0.3, SAMPLES.length));
  });

  it('text comes back trimmed and in NFC, byte for byte, or its record is refused', async () => {
    const longest = alias === 'Description' ? 65_536 : 512;
    const property = asyncProperty(text, async (any) => {
      const id = nextId();
      const answer = await service.sync(entity, JSON.stringify({ ...record(id), [alias]: any }), { tenant });
      const [status] = statusesIn(answer);
      const trimmed = any.trim();
      expect([answer.faults, status]).toEqual([[], isUnusable(trimmed, longest) ? 'INVALID' : 'NEW']);
      const row = await service.stored(entity, id, tenant);
      const isNothing = trimmed === '' || isTag(trimmed);
      expect(row[field]).toBe(status === 'INVALID' ? undefined : isNothing ? null : trimmed.normalize('NFC'));
    });
    await assert(property, runs(0.2, SAMPLES.length));
  });
});

/** A tag that Zoho did not fill in counts as nothing. */
const isTag = (any: string): boolean => /\$\{![^}]{1,200}\}/.test(any);

/** NUL, half of a pair, too many marks or too many characters: nothing else may be refused as text. */
const isUnusable = (any: string, longest: number): boolean =>
  any.length > 4 * longest ||
  (!isTag(any) &&
    (any.includes('\0') || !any.isWellFormed() || /\p{M}{65}/u.test(any) || any.normalize('NFC').length > longest));

it('afterwards the service is as it was', () => expectUnharmed(service));
