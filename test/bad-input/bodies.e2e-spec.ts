import { BODIES } from './bodies';
import { codeIn, expectUnharmed, statusesIn, TriedService } from './tried-service';

let service: TriedService;
beforeAll(async () => {
  service = await TriedService.start();
});
afterAll(() => service.end());

it.each(BODIES)('a body: $name is $expected', async ({ expected, body, headers = {} }) => {
  const answer = await service.sync('programs', body, { headers });
  expect(answer.faults).toEqual([]);
  if (typeof expected === 'string') expect(codeIn(answer)).toBe(expected);
  else expect(statusesIn(answer)).toEqual(expected);
});

it('afterwards the service is as it was', () => expectUnharmed(service));
