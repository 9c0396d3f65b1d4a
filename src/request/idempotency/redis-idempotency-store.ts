import type { Redis } from 'ioredis';
import type { Witness } from '../../sync/witness';
import type { Claim, Claimed, IdempotencyStore, KeptAnswer } from './idempotency-store';

/** Takes the key if it is free, its own or holds the stale answer; else tells its fields. */
const CLAIM = `
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner and owner ~= ARGV[1] and owner ~= ARGV[4] then return redis.call('HMGET', KEYS[1], 'owner', 'bodyHash', 'answer', 'witness') end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'bodyHash', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return false`;

const ifOurs = (commands: string): string =>
  `if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end ${commands} return 1`;

const ifUnanswered = (commands: string): string =>
  ifOurs(`if redis.call('HEXISTS', KEYS[1], 'answer') == 1 then return 0 end ${commands}`);

const RENEW = ifUnanswered(`redis.call('PEXPIRE', KEYS[1], ARGV[2])`);
const KEEP = ifOurs(
  `redis.call('HSET', KEYS[1], 'answer', ARGV[3], 'witness', ARGV[4]) redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
);
const RELEASE = ifUnanswered(`redis.call('DEL', KEYS[1])`);

type Fields = [owner: string, bodyHash: string, answer: string | null, witness: string | null];

/** Keys in Redis, a hash for each; Redis forgets them by itself. */
export class RedisIdempotencyStore implements IdempotencyStore {
  readonly isDatabase = false;

  constructor(private readonly redis: Redis) {}

  async claim({ at, owner, bodyHash }: Claim, leaseMs: number, stale = ''): Promise<Claimed> {
    const held = (await this.redis.eval(CLAIM, 1, nameOf(at), owner, bodyHash, leaseMs, stale)) as Fields | null;
    if (!held) return { state: 'ours' };
    const [heldBy, itsHash, answer, witness] = held;
    if (answer === null || witness === null) return { state: 'in-progress', bodyHash: itsHash };
    return {
      state: 'answered',
      bodyHash: itsHash,
      owner: heldBy,
      answer: { body: answer, witness: JSON.parse(witness) as Witness },
    };
  }

  async renew({ at, owner }: Claim, leaseMs: number): Promise<void> {
    await this.redis.eval(RENEW, 1, nameOf(at), owner, leaseMs);
  }

  async keep({ at, owner }: Claim, { body, witness }: KeptAnswer, seconds: number): Promise<void> {
    await this.redis.eval(KEEP, 1, nameOf(at), owner, seconds * 1_000, body, JSON.stringify(witness));
  }

  async release({ at, owner }: Claim): Promise<void> {
    await this.redis.eval(RELEASE, 1, nameOf(at), owner);
  }
}

/** The caller's key is last and may hold anything; tenant and route hold no colon. */
const nameOf = ({ tenantId, route, key }: Claim['at']): string =>
  `zoho-moodle-sync:idempotency:${tenantId}:${route}:${key}`;
