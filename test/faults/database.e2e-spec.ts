import { setTimeout as pause } from 'node:timers/promises';
import { ask, untilBlocked, whileLocked } from '../support/databases';
import { COMMIT } from '../support/line';
import { OwnPostgres } from '../support/own-postgres';
import { drain, fill, letKeysGo, RECORDS, sceneOf, senderOf } from './college-records';
import { batchesOf, isWhole, REPEATS, SEEDS } from './repeats';
import { type Server, Stage } from './stage';
import { UnderLoad } from './under-load';
import { expectNothingLost } from './verdict';
import { VERSIONED, versionIn } from './versions';

/** What waits for a database does so for half a minute. */
jest.setTimeout(900_000);

const AT_ONCE = 5;
/** Requests that are refused before a fault has shown itself. */
const SOME = 20;
const AWAY_MS = isWhole ? 30_000 : 3_000;
/** Where a run is written, its records are; what follows is their commit. */
const RECORDS_COMMIT = { after: 'INSERT INTO run ' };

let stage: Stage;
let server: Server;
beforeAll(async () => {
  stage = await Stage.start('database_faults', 3 * REPEATS + 3);
  server = await stage.serve();
});
afterAll(() => stage.close());

const url = (): string => server.url;

/** As many as a seed says, of one entity, in one request. */
const recordsOf = (seed: number) => RECORDS[seed % RECORDS.length] ?? (['students', ['s1']] as const);

it('the postmaster killed with -9 under load: nothing is lost, doubled or stale', async () => {
  const postgres = await OwnPostgres.start();
  const own = await Stage.start(postgres, 1);
  try {
    const serving = await own.serve();
    const load = await UnderLoad.begin(own, () => serving.url);
    const crashes: number[] = [];
    for (const seed of SEEDS)
      await load.strike(seed, async () => {
        crashes.push(performance.now());
        await postgres.kill();
        await postgres.startAnew();
      });
    expect(load.again['503']).toBeGreaterThan(0);
    expect(load.again['no answer']).toBeUndefined();
    await load.endWell('the postmaster killed', crashes);
  } finally {
    await own.close();
  }
});

it('backends terminated under load: nothing is lost, doubled or stale', async () => {
  const load = await UnderLoad.begin(stage, url);
  const terminated: object[] = [];
  for (const seed of SEEDS)
    await load.strike(seed, async (random) => {
      terminated.push(...(await terminateBackends(random())));
    });
  expect(terminated.length).toBeGreaterThan(0);
  expect(load.again['no answer']).toBeUndefined();
  await load.endWell('backends terminated');
});

const TRIED = 'tried';

/** One, or more, or all, as the number says, from 0 to 1; but for those of the application. */
const terminateBackends = (share: number, except = ''): Promise<object[]> =>
  ask(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
       AND application_name <> $2
     ORDER BY random() LIMIT 1 + $1::float8 * 50`,
    [share, except],
    stage.database.superuserUrl,
  );

describe('a commit that is acknowledged to nobody', () => {
  it('is found out, and answered as if nothing had happened', async () => {
    for (const seed of SEEDS) {
      const college = stage.next();
      const sender = senderOf(college, url);
      await fill(sender);
      const [entity, ids] = recordsOf(seed);
      stage.line.loseAnswerTo(COMMIT, RECORDS_COMMIT.after);
      const from = server.run.output.length;
      await sender.change(entity, ...ids);
      expect(server.run.output.slice(from)).toContain('The acknowledgement of a commit was lost');
      expect(sender.ledger.acknowledged.at(-1)?.answer).toContain('"status":"UPDATED"');
      expect(sender.ledger.again).toEqual({});
      await drain(college);
      await expectNothingLost(sceneOf(college), sender.ledger);
    }
  });

  it.each(batchesOf(AT_ONCE).map((seeds) => [seeds]))(
    'is 503 when nobody can be asked, and the request sent again finds it done (seeds %j)',
    async (seeds) => {
      const tried = seeds.map((seed) => {
        const college = stage.next();
        return { college, sender: senderOf(college, url), records: recordsOf(seed) };
      });
      for (const { sender } of tried) await fill(sender);
      const sent = [];
      for (const {
        sender,
        records: [entity, ids],
      } of tried) {
        const caught = stage.line.stopAt(COMMIT, { ...RECORDS_COMMIT, arrives: true });
        const request = sender.ledger.next(entity, ids);
        sent.push({ request, isDone: sender.attempt(request) });
        await caught;
      }
      stage.line.cut();
      for (const { isDone } of sent) expect(await isDone).toBe(false);
      stage.line.mend();
      for (const [
        at,
        {
          college,
          sender,
          records: [entity, [id = '']],
        },
      ] of tried.entries()) {
        expect(sender.ledger.again).toEqual({ 503: 1 });
        const row = await college.service.row(entity, id, college.tenant);
        expect(versionIn(row[VERSIONED[entity].field])).toBe(2);
        await letKeysGo(college);
        const request = sent[at]?.request;
        if (request) await sender.insist(request);
        expect(sender.ledger.acknowledged.at(-1)?.answer).toContain('"status":"UNCHANGED"');
        await drain(college);
        await expectNothingLost(sceneOf(college), sender.ledger);
      }
    },
  );
});

it.each(batchesOf(AT_ONCE).map((seeds) => [seeds]))(
  'unreachable for 30 s: 503 that says when to come again, and back by itself (seeds %j)',
  async (seeds) => {
    const load = await UnderLoad.begin(stage, url, seeds.length);
    await load.strike(seeds[0] ?? 0, async () => {
      stage.line.cut();
      await pause(AWAY_MS);
      stage.line.mend();
    });
    expect(load.again['503']).toBeGreaterThan(0);
    expect(load.again['no answer']).toBeUndefined();
    await load.endWell('unreachable');
  },
);

it('the pool exhausted: requests wait or are 503, and all are done', async () => {
  const small = await stage.serve({ DATABASE_POOL_SIZE: '2' });
  const load = await UnderLoad.begin(stage, () => small.url);
  const { superuserUrl } = stage.database;
  for (const seed of SEEDS)
    await load.strike(seed, async () => {
      const work = async (): Promise<void> => {
        await untilBlocked(2, superuserUrl);
        await load.refused();
      };
      await whileLocked('LOCK TABLE student IN EXCLUSIVE MODE', [], work, superuserUrl);
    });
  expect(load.again['no answer']).toBeUndefined();
  await load.endWell('the pool exhausted');
});

it('read-only: 503, and back by itself', async () => {
  // All that it has are read-only then; and what counts requests would give each back as broken.
  const uncounted = await stage.serve({ APP_NAME: TRIED, REQUESTS_PER_MINUTE: '0', DATABASE_POOL_SIZE: '2' });
  const load = await UnderLoad.begin(stage, () => uncounted.url);
  for (const seed of SEEDS)
    await load.strike(seed, async () => {
      await alterDatabase('SET default_transaction_read_only = on');
      // As connections end when another server takes over.
      await terminateBackends(1);
      await load.refused(SOME);
      await alterDatabase('RESET default_transaction_read_only');
      // What looks is to see it as it is now; whoever is tried has to find that out.
      await terminateBackends(1, TRIED);
    });
  expect(load.again['no answer']).toBeUndefined();
  await load.endWell('read-only');
});

const alterDatabase = (setting: string): Promise<object[]> =>
  ask(
    `ALTER DATABASE ${new URL(stage.database.url).pathname.slice(1)} ${setting}`,
    [],
    process.env['TEST_SUPERUSER_URL'],
  );
