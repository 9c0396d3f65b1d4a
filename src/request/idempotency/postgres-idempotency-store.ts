import type { TenantDb } from '../../database/tenant-db';
import { isLost } from '../../database/database-errors';
import { Gathered } from '../../database/gathered';
import type { TenantTransaction } from '../../database/tenant-transaction';
import type { Witness } from '../../sync/witness';
import type { Claim, Claimed, IdempotencyStore, KeptAnswer } from './idempotency-store';

interface StoredKey {
  route: string;
  key: string;
  owner: string;
  body_hash: string;
  answer: string | null;
  witness: Witness | null;
}

/** A request for a key. */
interface Wish {
  readonly claim: Claim;
  readonly leaseMs: number;
  readonly stale: string | null;
}

/** An answer to be kept. */
interface Keeping {
  readonly claim: Claim;
  readonly answer: KeptAnswer;
  readonly seconds: number;
}

/** About one claim in so many clears expired keys of its tenant away, a few at a time. */
const CLEAR_ONE_IN = 50;
const CLEAR_AT_MOST = 500;

const AT_ONCE = { keys: 100, rounds: 4 };
const placeOf = ({ at: { route, key } }: Claim): string => `${route} ${key}`;

/**
 * Keys in PostgreSQL, for an installation without Redis. Those that are claimed at the same time, or answered, share a
 * statement. A commit is not waited for until it is on disk: a server that crashes in that moment forgets a key at
 * most, and then the records are what tells that a repeat changes nothing.
 */
export class PostgresIdempotencyStore implements IdempotencyStore {
  readonly isDatabase = true;
  private readonly claims: Gathered<Wish, Claimed>;
  private readonly answers: Gathered<Keeping, null>;

  constructor(private readonly transaction: TenantTransaction) {
    this.claims = new Gathered(
      (wishes, tenantId) => this.claimAll(tenantId, wishes),
      ({ claim }) => [placeOf(claim)],
      AT_ONCE,
    );
    this.answers = new Gathered(
      (keepings, tenantId) => this.keepAll(tenantId, keepings),
      ({ claim }) => [placeOf(claim)],
      AT_ONCE,
    );
  }

  claim(claim: Claim, leaseMs: number, stale?: string): Promise<Claimed> {
    return this.claims.do(claim.at.tenantId, { claim, leaseMs, stale: stale ?? null });
  }

  private async claimAll(tenantId: string, wishes: readonly Wish[]): Promise<Claimed[]> {
    const taken = await this.within(tenantId, (db) => insertClaims(db, tenantId, wishes));
    if (Math.random() * CLEAR_ONE_IN < 1) await this.within(tenantId, (db) => clearExpired(db, tenantId));
    const ours = new Set(taken.map(({ owner }) => owner));
    const others = wishes.map(({ claim }) => claim).filter(({ owner }) => !ours.has(owner));
    const lines = others.length > 0 ? await this.within(tenantId, (db) => readHeld(db, tenantId, others)) : [];
    const held = new Map(lines.map((line) => [`${line.route} ${line.key}`, line]));
    return wishes.map(({ claim }) =>
      ours.has(claim.owner) ? { state: 'ours' } : toClaimed(held.get(placeOf(claim)), claim.bodyHash),
    );
  }

  async renew({ at, owner }: Claim, leaseMs: number): Promise<void> {
    await this.within(at.tenantId, (db) =>
      db.change(
        `UPDATE idempotency_key SET expires_at = clock_timestamp() + $5 * interval '1 millisecond'
         WHERE tenant_id = $1 AND route = $2 AND key = $3 AND owner = $4 AND answer IS NULL`,
        [at.tenantId, at.route, at.key, owner, leaseMs],
      ),
    );
  }

  async keep(claim: Claim, answer: KeptAnswer, seconds: number): Promise<void> {
    await this.answers.do(claim.at.tenantId, { claim, answer, seconds });
  }

  private async keepAll(tenantId: string, keepings: readonly Keeping[]): Promise<null[]> {
    await this.within(tenantId, (db) =>
      db.keyed(
        `INSERT INTO idempotency_key AS held (tenant_id, route, key, owner, body_hash, expires_at, answer, witness)
         SELECT $1, route, key, owner, body_hash, clock_timestamp() + seconds * interval '1 second', answer, witness
         FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::jsonb[])
           AS kept (route, key, owner, body_hash, seconds, answer, witness)
         ORDER BY route, key
         ON CONFLICT (tenant_id, route, key) DO UPDATE
           SET expires_at = EXCLUDED.expires_at, answer = EXCLUDED.answer, witness = EXCLUDED.witness
           WHERE held.owner = EXCLUDED.owner`,
        [
          tenantId,
          keepings.map(({ claim }) => claim.at.route),
          keepings.map(({ claim }) => claim.at.key),
          keepings.map(({ claim }) => claim.owner),
          keepings.map(({ claim }) => claim.bodyHash),
          keepings.map(({ seconds }) => seconds),
          keepings.map(({ answer }) => answer.body),
          keepings.map(({ answer }) => JSON.stringify(answer.witness)),
        ],
      ),
    );
    return keepings.map(() => null);
  }

  async release({ at, owner }: Claim): Promise<void> {
    await this.within(at.tenantId, (db) =>
      db.change(
        `DELETE FROM idempotency_key
         WHERE tenant_id = $1 AND route = $2 AND key = $3 AND owner = $4 AND answer IS NULL`,
        [at.tenantId, at.route, at.key, owner],
      ),
    );
  }

  /** Once more on another connection when one is lost: whatever is done here may be done twice. */
  private async within<T>(tenantId: string, work: (db: TenantDb) => Promise<T>): Promise<T> {
    try {
      return await this.transaction.send(tenantId, work, 'commit-soon');
    } catch (error) {
      if (!isLost(error)) throw error;
      return this.transaction.send(tenantId, work, 'commit-soon');
    }
  }
}

/** @returns the owners of those that were free, and are taken now */
const insertClaims = (db: TenantDb, tenantId: string, wishes: readonly Wish[]): Promise<{ owner: string }[]> =>
  db.keyed(
    `INSERT INTO idempotency_key AS held (tenant_id, route, key, owner, body_hash, expires_at)
     SELECT $1, route, key, owner, body_hash, clock_timestamp() + lease * interval '1 millisecond'
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[]) AS wish (route, key, owner, body_hash, lease)
     ORDER BY route, key
     ON CONFLICT (tenant_id, route, key) DO UPDATE
       SET owner = EXCLUDED.owner, body_hash = EXCLUDED.body_hash, answer = NULL, witness = NULL, expires_at = EXCLUDED.expires_at
       WHERE held.expires_at < clock_timestamp() OR held.owner = ANY($7::text[]) OR held.owner = EXCLUDED.owner
     RETURNING owner`,
    [
      tenantId,
      wishes.map(({ claim }) => claim.at.route),
      wishes.map(({ claim }) => claim.at.key),
      wishes.map(({ claim }) => claim.owner),
      wishes.map(({ claim }) => claim.bodyHash),
      wishes.map(({ leaseMs }) => leaseMs),
      wishes.map(({ stale }) => stale).filter((stale) => stale !== null),
    ],
  );

const readHeld = (db: TenantDb, tenantId: string, claims: readonly Claim[]): Promise<StoredKey[]> =>
  db.keyed(
    `SELECT held.* FROM unnest($2::text[], $3::text[]) AS asked (route, key), LATERAL (
       SELECT route, key, owner, body_hash, answer, witness FROM idempotency_key
       WHERE tenant_id = $1 AND route = asked.route AND key = asked.key OFFSET 0) AS held`,
    [tenantId, claims.map(({ at }) => at.route), claims.map(({ at }) => at.key)],
  );

/** A key that was freed between the two statements looks as if its request were about to end. */
function toClaimed(held: StoredKey | undefined, bodyHash: string): Claimed {
  if (!held) return { state: 'in-progress', bodyHash };
  const { owner, answer, witness } = held;
  if (answer === null || witness === null) return { state: 'in-progress', bodyHash: held.body_hash };
  return { state: 'answered', bodyHash: held.body_hash, owner, answer: { body: answer, witness } };
}

async function clearExpired(db: TenantDb, tenantId: string): Promise<void> {
  await db.query(
    `DELETE FROM idempotency_key WHERE tenant_id = $1 AND (route, key) IN (
       SELECT route, key FROM idempotency_key WHERE tenant_id = $1 AND expires_at < clock_timestamp()
       LIMIT ${CLEAR_AT_MOST} FOR UPDATE SKIP LOCKED)`,
    [tenantId],
  );
}
