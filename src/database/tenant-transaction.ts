import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { escapeLiteral, type Pool, type PoolClient, type QueryResult } from 'pg';
import { DataSource } from 'typeorm';
import { isTransient, isUnavailable, sqlState } from './database-errors';
import { inFlight } from './in-flight';
import { TenantDb } from './tenant-db';
import { APPLICATION_ROLE, TENANT_SETTING } from './tenant-table';

const MOST_RETRIES = 3;
const LONGEST_PAUSE_MS = 50;

/** A server that was restarted answers again within seconds. */
const UNKNOWN_COMMIT_PATIENCE_MS = 15_000;
const UNKNOWN_COMMIT_LOOK_MS = 100;

/**
 * `rollback` does all the work and then undoes it, for a dry run. `commit-soon` does not wait for the disk: a server that
 * crashes in the next moment has forgotten it.
 */
export type Ending = 'commit' | 'commit-soon' | 'rollback';

/**
 * `impatient` gives up, and is not tried again, when somebody else's lock would have to be waited for: what was tried
 * together is then done apart.
 */
export type Patience = 'patient' | 'impatient';

const IMPATIENCE_MS = 250;

type Work<T> = (db: TenantDb) => Promise<T>;

/**
 * One transaction in the name of one tenant: its role cannot bypass row-level security and sees that tenant's rows
 * alone. Both settings end with the transaction, so the pooled connection carries nothing to its next user.
 */
@Injectable()
export class TenantTransaction {
  private readonly log = new Logger(TenantTransaction.name);

  constructor(private readonly dataSource: DataSource) {}

  /** Runs the work anew, at most three times, after a deadlock, a serialization failure or a lock time-out. */
  async run<T>(tenantId: string, work: Work<T>, ending: Ending = 'commit'): Promise<T> {
    const [result] = await this.retry((client) => this.within(client, tenantId, work, ending, () => null));
    return result;
  }

  /**
   * The same, and then a look at what the commit has left, which costs no further round trip.
   *
   * @param look says what to look at, if at all; it sends its statement before it waits for anything
   * @returns null for the look when there was none, or when the database went away behind the commit
   */
  async runAndLook<T, U>(
    tenantId: string,
    work: Work<T>,
    look: (result: T) => Work<U> | null,
    patience: Patience = 'patient',
  ): Promise<[T, U | null]> {
    const attempt = (client: PoolClient): Promise<[T, U | null]> =>
      this.within(client, tenantId, work, 'commit', look, patience);
    return patience === 'patient' ? this.retry(attempt) : this.once(attempt);
  }

  /**
   * A transaction of statements that are known beforehand, in a single round trip.
   *
   * @param send sends all of them before it waits for anything
   */
  async send<T>(tenantId: string, send: Work<T>, ending: Exclude<Ending, 'rollback'> = 'commit'): Promise<T> {
    return this.retry((client) => atOnce(client, tenantId, send, ending));
  }

  private async retry<T>(attempt: (client: PoolClient) => Promise<T>): Promise<T> {
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.once(attempt);
      } catch (error) {
        if (retries >= MOST_RETRIES || !isTransient(error)) throw error;
        await pause(Math.random() * LONGEST_PAUSE_MS * (retries + 1));
      }
    }
  }

  private async once<T>(attempt: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    // Told by the statement that is under way; a connection that breaks in between must not end the process.
    client.on('error', ignore);
    let isBroken = false;
    try {
      return await attempt(client);
    } catch (error) {
      isBroken = !(await rollBack(client));
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(isBroken);
    }
  }

  private async within<T, U>(
    client: PoolClient,
    tenantId: string,
    work: Work<T>,
    ending: Ending,
    look: (result: T) => Work<U> | null,
    patience: Patience = 'patient',
  ): Promise<[T, U | null]> {
    const db = new TenantDb(client);
    try {
      // The work's first statement travels with the beginning; when that fails, so does this.
      const [, result] = await inFlight([client.query(beginning(tenantId, ending, patience)), work(db)]);
      const ended = ending === 'rollback' ? client.query('ROLLBACK') : this.commit(client, db, ending);
      const next = look(result);
      const looked = next && atOnce(client, tenantId, next, 'commit');
      const [end, seen] = await Promise.allSettled([ended, looked]);
      if (end.status === 'rejected') throw end.reason;
      if (seen.status === 'fulfilled') return [result, seen.value];
      this.log.warn(
        `A commit could not be looked after at once: ${sqlState(seen.reason) ?? 'the connection was lost'}`,
      );
      return [result, await this.lookLater(tenantId, next)];
    } finally {
      db.end();
    }
  }

  /** The work is committed, and must not be told to have failed: null when nothing can be seen now. */
  private async lookLater<U>(tenantId: string, look: Work<U> | null): Promise<U | null> {
    try {
      return look && (await this.send(tenantId, look));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return null;
    }
  }

  /** When the connection is lost before COMMIT is acknowledged, the server is asked what became of the transaction. */
  private async commit(client: PoolClient, db: TenantDb, ending: Ending): Promise<void> {
    const isAsked = ending === 'commit' && db.isWriting && db.transactionId === null;
    const asked = isAsked ? transactionIdOf(client) : null;
    const [id, commit] = await Promise.allSettled([asked ?? db.transactionId, committed(client.query('COMMIT'))]);
    if (commit.status === 'fulfilled') return;
    const known = id.status === 'fulfilled' ? id.value : null;
    const { reason } = commit;
    if (known === null || !isUnavailable(reason) || !(await this.wasCommitted(known))) throw reason;
    this.log.warn(`The acknowledgement of a commit was lost; the transaction ${known} was committed`);
  }

  /** False also when the server does not come back in time: then nothing may be acknowledged. */
  private async wasCommitted(transactionId: string): Promise<boolean> {
    const patience = Date.now() + UNKNOWN_COMMIT_PATIENCE_MS;
    while (Date.now() < patience) {
      const status = await this.statusOf(transactionId);
      if (status !== 'in progress' && status !== 'unknown') return status === 'committed';
      await pause(UNKNOWN_COMMIT_LOOK_MS);
    }
    return false;
  }

  private async statusOf(transactionId: string): Promise<string> {
    try {
      const { rows } = await this.pool.query<{ status: string | null }>('SELECT pg_xact_status($1::xid8) AS status', [
        transactionId,
      ]);
      return rows[0]?.status ?? 'unknown';
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return 'unknown';
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

const ignore = (): void => undefined;

/** What a transaction begins with: a role that sees one tenant alone. */
function beginning(tenantId: string, ending: Ending, patience: Patience = 'patient'): string {
  const settings = [
    `SET LOCAL ROLE ${APPLICATION_ROLE}`,
    `SET LOCAL ${TENANT_SETTING} = ${escapeLiteral(tenantId)}`,
    ...(ending === 'commit-soon' ? ['SET LOCAL synchronous_commit = off'] : []),
    ...(patience === 'impatient' ? [`SET LOCAL lock_timeout = ${IMPATIENCE_MS}`] : []),
  ];
  return `BEGIN; ${settings.join('; ')}`;
}

async function atOnce<T>(client: PoolClient, tenantId: string, send: Work<T>, ending: Ending): Promise<T> {
  const db = new TenantDb(client);
  try {
    const begun = client.query(beginning(tenantId, ending));
    const [, result] = await inFlight([begun, send(db), committed(client.query('COMMIT'))]);
    return result;
  } finally {
    db.end();
  }
}

/** What failed within the transaction, and was passed over, has undone everything. */
async function committed(commit: Promise<QueryResult>): Promise<void> {
  const { command } = await commit;
  if (command !== 'COMMIT') throw new Error('The transaction had failed before it was to be committed');
}

async function transactionIdOf(client: PoolClient): Promise<string | null> {
  const { rows } = await client.query<{ id: string | null }>({
    name: 'transaction-id',
    text: 'SELECT pg_current_xact_id_if_assigned()::text AS id',
  });
  return rows[0]?.id ?? null;
}

/** @returns false when the connection cannot be used again: it has rolled back already, or will when it is closed */
async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
