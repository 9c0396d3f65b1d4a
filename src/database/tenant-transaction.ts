import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { QueryResult } from 'pg';
import { DataSource } from 'typeorm';
import { isReadOnly, isTransient, isUnavailable, sqlState } from './database-errors';
import { inFlight } from './in-flight';
import { poolOf } from './pool-of';
import { FAILED_BEFORE, StatementLine } from './statement-train';
import { TenantDb } from './tenant-db';
import { APPLICATION_ROLE, TENANT_SETTING } from './tenant-table';

const MOST_RETRIES = 3;
const LONGEST_PAUSE_MS = 50;

/** A server that was restarted answers again within seconds. */
const UNKNOWN_COMMIT_PATIENCE_MS = 15_000;
const UNKNOWN_COMMIT_LOOK_MS = 100;

/**
 * `rollback` does all the work and then undoes it, for a dry run. `commit-soon` does not wait for the disk: a server that
 * crashes in the next moment has forgotten it. `nothing-written` sees one moment from its beginning to its end, and can
 * write nothing.
 */
export type Ending = 'commit' | 'commit-soon' | 'rollback' | 'nothing-written';

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
    const [result] = await this.retry((line) => this.within(line, tenantId, work, ending, () => null));
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
    const attempt = (line: StatementLine): Promise<[T, U | null]> =>
      this.within(line, tenantId, work, 'commit', look, patience);
    return patience === 'patient' ? this.retry(attempt) : this.once(attempt);
  }

  /**
   * A transaction of statements that are known beforehand, in a single round trip.
   *
   * @param send sends all of them before it waits for anything
   */
  async send<T>(tenantId: string, send: Work<T>, ending: 'commit' | 'commit-soon' = 'commit'): Promise<T> {
    return this.retry((line) => atOnce(line, tenantId, send, ending));
  }

  private async retry<T>(attempt: (line: StatementLine) => Promise<T>): Promise<T> {
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.once(attempt);
      } catch (error) {
        if (retries >= MOST_RETRIES || !isTransient(error)) throw error;
        await pause(Math.random() * LONGEST_PAUSE_MS * (retries + 1));
      }
    }
  }

  private async once<T>(attempt: (line: StatementLine) => Promise<T>): Promise<T> {
    const client = await poolOf(this.dataSource).connect();
    // Told by the statement that is under way; a connection that breaks in between must not end the process.
    client.on('error', ignore);
    const line = new StatementLine(client);
    let isBroken = false;
    try {
      return await attempt(line);
    } catch (error) {
      isBroken = isReadOnly(error) || !(await rollBack(line));
      throw error;
    } finally {
      client.off('error', ignore);
      client.release(isBroken);
    }
  }

  private async within<T, U>(
    line: StatementLine,
    tenantId: string,
    work: Work<T>,
    ending: Ending,
    look: (result: T) => Work<U> | null,
    patience: Patience = 'patient',
  ): Promise<[T, U | null]> {
    const db = new TenantDb(line);
    try {
      // The work's first statement travels with the beginning; when that fails, so does this.
      const [, result] = await inFlight([begin(line, tenantId, ending, patience), work(db)]);
      const ended = ending === 'rollback' ? line.send(ROLLBACK) : this.commit(line, db, ending);
      const next = look(result);
      const looked = next && atOnce(line, tenantId, next, 'commit');
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
  private async commit(line: StatementLine, db: TenantDb, ending: Ending): Promise<void> {
    const isAsked = ending === 'commit' && db.isWriting && db.transactionId === null;
    const asked = isAsked ? transactionIdOf(line) : null;
    const [id, commit] = await Promise.allSettled([asked ?? db.transactionId, committed(line.send(COMMIT))]);
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
      const { rows } = await poolOf(this.dataSource).query<{ status: string | null }>(
        'SELECT pg_xact_status($1::xid8) AS status',
        [transactionId],
      );
      return rows[0]?.status ?? 'unknown';
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return 'unknown';
    }
  }
}

const ignore = (): void => undefined;

const BEGIN = { name: 'begin', text: 'BEGIN' };
const BEGIN_TO_READ = { name: 'begin-to-read', text: 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY' };
const COMMIT = { name: 'commit', text: 'COMMIT' };
const ROLLBACK = { name: 'rollback', text: 'ROLLBACK' };

/** What a transaction begins with: a role that sees one tenant alone. It is over with the transaction. */
const SETTINGS = {
  name: 'settings',
  text: `SELECT set_config('role', '${APPLICATION_ROLE}', true), set_config('${TENANT_SETTING}', $1, true)`,
};
const COMMIT_SOON = { name: 'commit-soon', text: `SELECT set_config('synchronous_commit', 'off', true)` };
const IMPATIENT = { name: 'impatient', text: `SELECT set_config('lock_timeout', '${IMPATIENCE_MS}', true)` };

async function begin(
  line: StatementLine,
  tenantId: string,
  ending: Ending,
  patience: Patience = 'patient',
): Promise<void> {
  await inFlight([
    line.send(ending === 'nothing-written' ? BEGIN_TO_READ : BEGIN),
    line.send({ ...SETTINGS, values: [tenantId] }),
    ending === 'commit-soon' ? line.send(COMMIT_SOON) : null,
    patience === 'impatient' ? line.send(IMPATIENT) : null,
  ]);
}

async function atOnce<T>(line: StatementLine, tenantId: string, send: Work<T>, ending: Ending): Promise<T> {
  const db = new TenantDb(line);
  try {
    const begun = begin(line, tenantId, ending);
    const [, result] = await inFlight([begun, send(db), committed(line.send(COMMIT))]);
    return result;
  } finally {
    db.end();
  }
}

/** What failed within the transaction, and was passed over, has undone everything. */
async function committed(commit: Promise<QueryResult>): Promise<void> {
  const command = await commit.then((result) => result.command, isPassedOver);
  if (command !== 'COMMIT') throw new Error('The transaction had failed before it was to be committed');
}

function isPassedOver(error: unknown): null {
  if (sqlState(error) === FAILED_BEFORE) return null;
  throw error;
}

async function transactionIdOf(line: StatementLine): Promise<string | null> {
  const { rows } = await line.send(TRANSACTION_ID);
  return (rows[0] as { id: string | null } | undefined)?.id ?? null;
}

const TRANSACTION_ID = {
  name: 'transaction-id',
  text: 'SELECT pg_current_xact_id_if_assigned()::text AS id',
};

/** @returns false when the connection cannot be used again: it has rolled back already, or will when it is closed */
async function rollBack(line: StatementLine): Promise<boolean> {
  try {
    await line.send(ROLLBACK);
    return true;
  } catch {
    return false;
  }
}
