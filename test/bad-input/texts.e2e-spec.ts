import { newTenant } from '../support/app';
import { ACCEPTED, REFUSED } from './texts';
import { expectUnharmed, statusesIn, TriedService } from './tried-service';

let service: TriedService;
beforeAll(async () => {
  service = await TriedService.start();
});
afterAll(() => service.end());

interface Sent {
  readonly body: string;
  readonly type: string;
}

const FORM = 'application/x-www-form-urlencoded';
const FIELDS = { id: 'p1', Product_Name: 'HND' };

/** The same record, as different writers spell it. */
const spellings = (text: string, how = ''): Record<string, Sent> => ({
  [`${how}as it stands`]: { body: JSON.stringify({ ...FIELDS, Description: text }), type: 'application/json' },
  [`${how}with every character escaped`]: {
    body: `{"id":"p1","Product_Name":"HND","Description":"${escaped(text)}"}`,
    type: 'text/plain',
  },
  [`${how}as a form`]: { body: new URLSearchParams({ ...FIELDS, Description: text }).toString(), type: FORM },
});

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_none, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  );

const bytesOf = (text: unknown): string | null => (typeof text === 'string' ? Buffer.from(text).toString('hex') : null);

it.each(ACCEPTED)('%s comes back trimmed and in NFC, byte for byte', async (_name, text, expected) => {
  const tenant = newTenant();
  const sent = { ...spellings(text), ...spellings(` ${text.normalize('NFD')}\n`, 'taken apart, ') };
  for (const [at, [spelling, { body, type }]] of Object.entries(sent).entries()) {
    const headers = { 'Content-Type': type, 'Idempotency-Key': spelling };
    const answer = await service.sync('programs', body, { tenant, headers });
    expect([spelling, answer.faults, statusesIn(answer)]).toEqual([spelling, [], [at === 0 ? 'NEW' : 'UNCHANGED']]);
  }
  const { description } = await service.stored('programs', 'p1', tenant);
  expect(bytesOf(description)).toBe(bytesOf(expected));
});

it.each(REFUSED)('%s makes its record INVALID, and no other', async (_name, text) => {
  const tenant = newTenant();
  const good = { id: 'good', Product_Name: 'HND' };
  const body = JSON.stringify([good, { ...FIELDS, Description: text }, { ...good, id: 'better' }]);
  const answer = await service.sync('programs', body, { tenant });
  expect([answer.faults, statusesIn(answer)]).toEqual([[], ['NEW', 'INVALID', 'NEW']]);
  expect(await service.stored('programs', 'p1', tenant)).toEqual({});
});

it('afterwards the service is as it was', () => expectUnharmed(service));
