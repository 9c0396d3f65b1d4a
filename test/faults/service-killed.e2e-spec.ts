import { setTimeout as pause } from 'node:timers/promises';
import { COMMIT } from '../support/line';
import { randomFrom } from '../support/random';
import { drain, fill, letKeysGo, RECORDS, sceneOf, senderOf } from './college-records';
import { Load, studentsOf } from './load';
import { REPEATS, SEEDS } from './repeats';
import { type Server, Stage } from './stage';
import { expectNothingLost } from './verdict';
import { VERSIONED, versionIn } from './versions';

jest.setTimeout(600_000);

let stage: Stage;
let server: Server;
beforeAll(async () => {
  stage = await Stage.start('service_killed', 2 * REPEATS + 1);
  server = await stage.serve();
});
afterAll(() => stage.close());

async function killAndStartAnew(): Promise<void> {
  await server.run.end('SIGKILL');
  server = await stage.serve();
}

describe.each([
  ['before', false],
  ['after', true],
])('kill -9 of the service %s its commit', (_when, arrives) => {
  it('loses nothing that was acknowledged, and does nothing twice', async () => {
    for (const seed of SEEDS) {
      const college = stage.next();
      const sender = senderOf(college, () => server.url);
      await fill(sender);
      const [entity, ids] = RECORDS[seed % RECORDS.length] ?? (['students', ['s1']] as const);
      const request = sender.ledger.next(entity, ids);
      const caught = stage.line.stopAt(COMMIT, { after: 'INSERT INTO run ', arrives });
      const [isDone] = await Promise.all([sender.attempt(request), caught.then(killAndStartAnew)]);
      expect(isDone).toBe(false);
      const row = await college.service.row(entity, ids[0] ?? '', college.tenant);
      expect(versionIn(row[VERSIONED[entity].field])).toBe(arrives ? 2 : 1);
      await letKeysGo(college);
      await sender.insist(request);
      expect(sender.ledger.acknowledged.at(-1)?.answer).toContain(`"status":"${arrives ? 'UNCHANGED' : 'UPDATED'}"`);
      await drain(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }
  });
});

it('kill -9 of the service at any moment under load loses nothing, and does nothing twice', async () => {
  const college = stage.next();
  const sender = senderOf(college, () => server.url);
  const load = new Load(studentsOf(sender, 8));
  for (const seed of SEEDS) {
    const some = sender.ledger.acknowledged.length + 20;
    await load.reach(() => sender.ledger.acknowledged.length >= some);
    // Wherever they are by then.
    await pause(100 * randomFrom(seed)());
    await killAndStartAnew();
    await letKeysGo(college);
  }
  await load.stop();
  expect(sender.ledger.again['no answer']).toBeGreaterThan(0);
  await drain(college);
  await expectNothingLost(sceneOf(college), sender.ledger);
});
