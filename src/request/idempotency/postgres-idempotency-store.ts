import type { EntityManager } from 'typeorm';
import type { TenantTransaction } from '../../database/tenant-transaction';
import type { Witness } from '../../sync/witness';
import type { Claim, Claimed, IdempotencyStore, KeptAnswer } from './idempotency-store';

interface StoredKey {
  owner: string;
  body_hash: string;
  answer: string | null;
  witness: Witness | null;
}

/** About one claim in so many clears expired keys of its tenant away, a few at a time. */
const CLEAR_ONE_IN = 50;
const CLEAR_AT_MOST = 500;

/** Keys in PostgreSQL, for an installation without Redis. */
export class PostgresIdempotencyStore implements IdempotencyStore {
  constructor(private readonly transaction: TenantTransaction) {}

  claim({ at, owner, bodyHash }: Claim, leaseMs: number, stale?: string): Promise<Claimed> {
    return this.transaction.run(at.tenantId, async (db) => {
      if (Math.random() * CLEAR_ONE_IN < 1) await clearExpired(db, at.tenantId);
      const place = [at.tenantId, at.route, at.key];
      const taken: unknown[] = await db.query(
        `INSERT INTO idempotency_key AS held (tenant_id, route, key, owner, body_hash, expires_at)
         VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 millisecond')
         ON CONFLICT (tenant_id, route, key) DO UPDATE
           SET owner = EXCLUDED.owner, body_hash = EXCLUDED.body_hash, answer = NULL, witness = NULL, expires_at = EXCLUDED.expires_at
           WHERE held.expires_at < clock_timestamp() OR held.owner = $7
         RETURNING owner`,
        [...place, owner, bodyHash, leaseMs, stale ?? null],
      );
      if (taken.length > 0) return { state: 'ours' };
      const [held] = await db.query<StoredKey[]>(
        'SELECT owner, body_hash, answer, witness FROM idempotency_key WHERE tenant_id = $1 AND route = $2 AND key = $3',
        place,
      );
      return toClaimed(held, bodyHash);
    });
  }

  async renew({ at, owner }: Claim, leaseMs: number): Promise<void> {
    await this.change(
      { at, owner },
      `UPDATE idempotency_key SET expires_at = clock_timestamp() + $5 * interval '1 millisecond'`,
      [leaseMs],
    );
  }

  async keep({ at, owner }: Claim, { body, witness }: KeptAnswer, seconds: number): Promise<void> {
    await this.change(
      { at, owner },
      `UPDATE idempotency_key SET expires_at = clock_timestamp() + $5 * interval '1 second', answer = $6, witness = $7`,
      [seconds, body, JSON.stringify(witness)],
    );
  }

  async release({ at, owner }: Claim): Promise<void> {
    await this.change({ at, owner }, 'DELETE FROM idempotency_key', []);
  }

  private async change(
    { at, owner }: Pick<Claim, 'at' | 'owner'>,
    statement: string,
    parameters: unknown[],
  ): Promise<void> {
    await this.transaction.run(at.tenantId, (db) =>
      db.query(`${statement} WHERE tenant_id = $1 AND route = $2 AND key = $3 AND owner = $4`, [
        at.tenantId,
        at.route,
        at.key,
        owner,
        ...parameters,
      ]),
    );
  }
}

/** A key that was freed between the two statements looks as if its request were about to end. */
function toClaimed(held: StoredKey | undefined, bodyHash: string): Claimed {
  if (!held) return { state: 'in-progress', bodyHash };
  const { owner, answer, witness } = held;
  if (answer === null || witness === null) return { state: 'in-progress', bodyHash: held.body_hash };
  return { state: 'answered', bodyHash: held.body_hash, owner, answer: { body: answer, witness } };
}

async function clearExpired(db: EntityManager, tenantId: string): Promise<void> {
  await db.query(
    `DELETE FROM idempotency_key WHERE tenant_id = $1 AND (route, key) IN (
       SELECT route, key FROM idempotency_key WHERE tenant_id = $1 AND expires_at < clock_timestamp()
       LIMIT ${CLEAR_AT_MOST} FOR UPDATE SKIP LOCKED)`,
    [tenantId],
  );
}
