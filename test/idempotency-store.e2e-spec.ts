import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { TenantTransaction } from '../src/database/tenant-transaction';
import type { Claim, Claimed, IdempotencyStore, KeptAnswer } from '../src/request/idempotency/idempotency-store';
import { PostgresIdempotencyStore } from '../src/request/idempotency/postgres-idempotency-store';
import { RedisIdempotencyStore } from '../src/request/idempotency/redis-idempotency-store';
import { newTenant, TestService } from './support/app';
import { testRedisUrl } from './support/redis';

let service: TestService;
let redis: Redis;
beforeAll(async () => {
  service = await TestService.start();
  redis = new Redis(testRedisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await service.close();
});

const STORES: [string, () => IdempotencyStore][] = [
  ['PostgreSQL', () => new PostgresIdempotencyStore(service.app.get(TenantTransaction))],
  ['Redis', () => new RedisIdempotencyStore(redis)],
];
const LONG = 60_000;

describe.each(STORES)('keys in %s', (_name, open) => {
  let store: IdempotencyStore;
  let first: Claim;
  beforeEach(() => {
    store = open();
    first = {
      at: { tenantId: newTenant(), route: 'students', key: `k:${randomUUID()} "é"` },
      owner: randomUUID(),
      bodyHash: 'h1',
    };
  });
  const answer: KeptAnswer = {
    body: '{"a":"ü 🎓","b":  1}',
    witness: { profileVersion: 0, entity: 'student', zohoIds: ['1'], digest: 'd' },
  };
  const another = (change: Partial<Claim> = {}): Claim => ({ ...first, owner: randomUUID(), ...change });
  /** The store's clock decides, so the store is asked until it says otherwise. */
  const claimWhenFree = async (claim: Claim): Promise<Claimed> => {
    for (;;) {
      const claimed = await store.claim(claim, LONG);
      if (claimed.state === 'ours') return claimed;
    }
  };

  it('are taken by one of many, and the others are told that it is in progress, and with which body', async () => {
    const claims = await Promise.all(Array.from({ length: 30 }, () => store.claim(another(), LONG)));
    expect(claims.filter(({ state }) => state === 'ours')).toHaveLength(1);
    expect(claims.filter(({ state }) => state !== 'ours')).toEqual(
      Array(29).fill({ state: 'in-progress', bodyHash: 'h1' }),
    );
  });

  it('tell what was answered, byte for byte', async () => {
    await store.claim(first, LONG);
    await store.keep(first, answer, 60);
    expect(await store.claim(another(), LONG)).toEqual({
      state: 'answered',
      bodyHash: 'h1',
      owner: first.owner,
      answer,
    });
  });

  it('are still those of a request that asks again, as the answer was lost', async () => {
    await store.claim(first, LONG);
    expect(await store.claim(first, LONG)).toEqual({ state: 'ours' });
    expect(await store.claim(another(), LONG)).toEqual({ state: 'in-progress', bodyHash: 'h1' });
  });

  it('count within their tenant and route', async () => {
    await store.claim(first, LONG);
    expect(await store.claim(another({ at: { ...first.at, tenantId: newTenant() } }), LONG)).toEqual({ state: 'ours' });
    expect(await store.claim(another({ at: { ...first.at, route: 'programs' } }), LONG)).toEqual({ state: 'ours' });
    expect(await store.claim(another({ at: { ...first.at, key: 'another' } }), LONG)).toEqual({ state: 'ours' });
  });

  it('are free again when they are released, but only by their owner', async () => {
    await store.claim(first, LONG);
    await store.release(another());
    expect(await store.claim(another(), LONG)).toMatchObject({ state: 'in-progress' });
    await store.release(first);
    expect(await store.claim(another(), LONG)).toEqual({ state: 'ours' });
  });

  it('are free when the lease of an owner that died is over', async () => {
    await store.claim(first, 300);
    expect(await store.claim(another(), LONG)).toMatchObject({ state: 'in-progress' });
    const next = another();
    expect(await claimWhenFree(next)).toEqual({ state: 'ours' });
    // The first was only thought dead: it must not answer for the second.
    await store.keep(first, answer, 60);
    await store.renew(first, 1);
    await store.release(first);
    expect(await store.claim(another(), LONG)).toEqual({ state: 'in-progress', bodyHash: 'h1' });
  });

  it('stay taken for as long as the lease is renewed', async () => {
    const clock = another({ at: { ...first.at, key: 'clock' } });
    await store.claim(first, 400);
    await store.claim(clock, 400);
    await store.renew(first, LONG);
    await claimWhenFree({ ...clock, owner: randomUUID() });
    expect(await store.claim(another(), LONG)).toMatchObject({ state: 'in-progress' });
  });

  it('forget an answer when its time is over', async () => {
    await store.claim(first, LONG);
    await store.keep(first, answer, 1);
    expect(await store.claim(another(), LONG)).toMatchObject({ state: 'answered' });
    expect(await claimWhenFree(another())).toEqual({ state: 'ours' });
  });

  it('hold an answer for its time, though its owner does not know that it was kept and lets the key go', async () => {
    await store.claim(first, LONG);
    await store.keep(first, answer, 60);
    await store.renew(first, 1);
    await store.release(first);
    const clock = another({ at: { ...first.at, key: 'clock' } });
    await store.claim(clock, 1);
    await claimWhenFree({ ...clock, owner: randomUUID() });
    expect(await store.claim(another(), LONG)).toMatchObject({ state: 'answered', answer });
  });

  it('give up an answer that is no longer true to one of those that found it so', async () => {
    await store.claim(first, LONG);
    await store.keep(first, answer, 60);
    const claims = await Promise.all(Array.from({ length: 10 }, () => store.claim(another(), LONG, first.owner)));
    expect(claims.filter(({ state }) => state === 'ours')).toHaveLength(1);
    expect(claims.filter(({ state }) => state === 'in-progress')).toHaveLength(9);
  });

  it('hold a megabyte', async () => {
    await store.claim(first, LONG);
    const large = { ...answer, body: 'é'.repeat(500_000) };
    await store.keep(first, large, 60);
    expect(await store.claim(another(), LONG)).toMatchObject({ answer: { body: large.body } });
  });
});
