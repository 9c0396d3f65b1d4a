import { Redis } from 'ioredis';
import { Api } from '../support/api';
import { eventually } from '../support/eventually';
import { RedisServer } from '../support/redis';
import { drain, fill, sceneOf, senderOf } from './college-records';
import { SEEDS } from './repeats';
import { type Server, Stage } from './stage';
import { UnderLoad } from './under-load';
import { expectNothingLost } from './verdict';

jest.setTimeout(600_000);

let redis: RedisServer;
let stage: Stage;
let server: Server;
beforeAll(async () => {
  redis = await RedisServer.start(['--maxmemory-policy', 'noeviction']);
  stage = await Stage.start('redis_faults', 2 * 3, { REDIS_URL: redis.url });
  server = await stage.serve();
});
afterAll(async () => {
  await stage.close();
  await redis.kill();
});

async function tell<T>(act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

const untilUsed = (): Promise<void> =>
  eventually(async () => expect(await tell((client) => client.dbsize())).toBeGreaterThan(0));

/** The server has met the fault. */
const untilSaid = (words: string, from: number): Promise<void> =>
  eventually(async () => expect(server.run.output.slice(from)).toContain(words));

/** What happens to Redis, and how that shows. */
const FAULTS = [
  [
    'killed',
    async (load: UnderLoad) => {
      const from = server.run.output.length;
      await redis.kill();
      await load.answered(20);
      await untilSaid('Redis is out of reach', from);
      await redis.restart();
      await untilSaid('Redis answers again', from);
    },
  ],
  [
    'flushed',
    async () => {
      await untilUsed();
      await tell((client) => client.flushall());
    },
  ],
  [
    'out of memory',
    async (load: UnderLoad) => {
      const from = server.run.output.length;
      await tell((client) => client.config('SET', 'maxmemory', '1'));
      await load.answered(20);
      await untilSaid('The idempotency store failed', from);
      await tell((client) => client.config('SET', 'maxmemory', '0'));
    },
  ],
] as const;

it.each(FAULTS)('Redis %s under load: no request fails, nothing is lost, doubled or stale', async (name, fault) => {
  const load = await UnderLoad.begin(stage, () => server.url);
  for (const seed of SEEDS) await load.strike(seed, () => fault(load));
  expect(load.again).toEqual({});
  await load.endWell(`Redis ${name}`, 'lost');
  await expectRemembered();
});

const READY = { status: 200, body: { status: 'ok' } };

/** What comes afterwards is remembered again, byte for byte. */
async function expectRemembered(): Promise<void> {
  const { url } = server;
  await eventually(async () => expect(await new Api(url).send('GET', '/v1/health/ready')).toMatchObject(READY));
  const college = stage.next();
  const sender = senderOf(college, () => url);
  await fill(sender);
  await drain(college);
  await expectNothingLost({ ...sceneOf(college), url }, sender.ledger);
}
