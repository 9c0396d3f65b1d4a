import { Redis } from 'ioredis';
import { newTenant, type Row, TestService } from './support/app';
import { Line } from './support/line';
import { RedisServer, testRedisUrl } from './support/redis';

interface Report {
  results: { status: string }[];
}

const STUDENTS = 40;
const bodyOf = (n: number, city: string): string =>
  JSON.stringify({ data: [{ id: `s${n}`, Display_Name: `S ${n}`, Academic_Email: `s${n}@c.example`, City: city }] });

/** Sends every student in eight rounds of cities, each request twice, while `disturb` runs in the middle. */
async function underLoad(service: TestService, tenant: string, disturb: () => Promise<void> | void): Promise<void> {
  const post = async (body: string): Promise<void> => {
    const answer = await service.send<Report>('POST', '/v1/sync/students', {
      body,
      headers: { 'X-Tenant-ID': tenant },
    });
    expect(answer.status).toBe(200);
    expect(['NEW', 'UPDATED', 'UNCHANGED']).toContain(answer.body.results[0]?.status);
  };
  const student = async (n: number): Promise<void> => {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([post(bodyOf(n, `city ${round % 3}`)), post(bodyOf(n, `city ${round % 3}`))]);
      if (n === 0 && round === 3) await disturb();
    }
  };
  await Promise.all(Array.from({ length: STUDENTS }, (_none, n) => student(n)));
}

/** The last city sent is the one stored, for everybody. */
async function expectLastWord(service: TestService, tenant: string): Promise<void> {
  const { body } = await service.get<{ data: Row[] }>('/v1/students?limit=500', tenant);
  expect(body.data.map(({ city }) => city)).toEqual(Array(STUDENTS).fill('city 1'));
}

describe('in the middle of load no request fails and none is processed wrongly when Redis', () => {
  let redis: RedisServer;
  let service: TestService;
  const tenant = newTenant();
  beforeAll(async () => {
    redis = await RedisServer.start(['--maxmemory-policy', 'noeviction']);
    service = await TestService.start({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await service.close();
    await redis.kill();
  });

  const tell = async (act: (client: Redis) => Promise<unknown>): Promise<void> => {
    const client = new Redis(redis.url);
    await act(client);
    client.disconnect();
  };

  it('is flushed', async () => {
    await underLoad(service, newTenant(), () => tell((client) => client.flushall()));
  });

  it('is out of memory', async () => {
    const own = newTenant();
    await underLoad(service, own, () => tell((client) => client.config('SET', 'maxmemory', '1')));
    await tell((client) => client.config('SET', 'maxmemory', '0'));
    await expectLastWord(service, own);
  });

  it('is killed, and comes back', async () => {
    await underLoad(service, tenant, () => redis.kill());
    await expectLastWord(service, tenant);
    const ready = () => service.send<{ status: string }>('GET', '/v1/health/ready');
    expect(await ready()).toMatchObject({
      status: 200,
      body: { status: 'degraded', parts: { database: 'ok', cache: 'unavailable' } },
    });
    await redis.restart();
    while ((await ready()).body.status !== 'ok');
    const answers = await Promise.all(
      [1, 2].map(() =>
        service.send('POST', '/v1/sync/students', { body: bodyOf(0, 'back'), headers: { 'X-Tenant-ID': tenant } }),
      ),
    );
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(1);
  });
});

it('a Redis that hangs slows a request by a bounded time, and fails none', async () => {
  const line = new Line(new URL(testRedisUrl()));
  const service = await TestService.start({ REDIS_URL: await line.open() });
  const tenant = newTenant();
  try {
    await underLoad(service, tenant, () => line.hold());
    await expectLastWord(service, tenant);
  } finally {
    await service.close();
    await line.close();
  }
});

it('starts and serves without a Redis that REDIS_URL names', async () => {
  const service = await TestService.start({ REDIS_URL: 'redis://127.0.0.1:1' });
  try {
    const tenant = newTenant();
    const headers = { 'X-Tenant-ID': tenant };
    for (const status of ['NEW', 'UNCHANGED']) {
      const answer = await service.send('POST', '/v1/sync/students', { body: bodyOf(1, 'x'), headers });
      expect(answer).toMatchObject({ status: 200, body: { results: [{ status }] } });
    }
    expect(await service.send('GET', '/v1/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded' } });
  } finally {
    await service.close();
  }
});
