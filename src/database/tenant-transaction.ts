import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { isTransient, isUnavailable } from './database-errors';
import { APPLICATION_ROLE, TENANT_SETTING } from './tenant-table';

const MOST_RETRIES = 3;
const LONGEST_PAUSE_MS = 50;

/** A server that was restarted answers again within seconds. */
const UNKNOWN_COMMIT_PATIENCE_MS = 15_000;
const UNKNOWN_COMMIT_LOOK_MS = 100;

/** `rollback` does all the work and then undoes it, for a dry run. */
export type Ending = 'commit' | 'rollback';

/**
 * One transaction in the name of one tenant: its role cannot bypass row-level security and sees that tenant's rows
 * alone. Both settings end with the transaction, so the pooled connection carries nothing to its next user.
 */
@Injectable()
export class TenantTransaction {
  private readonly log = new Logger(TenantTransaction.name);

  constructor(private readonly dataSource: DataSource) {}

  /** Runs the work anew, at most three times, after a deadlock, a serialization failure or a lock time-out. */
  async run<T>(tenantId: string, work: (db: EntityManager) => Promise<T>, ending: Ending = 'commit'): Promise<T> {
    for (let retries = 0; ; retries += 1) {
      try {
        return await this.once(tenantId, work, ending);
      } catch (error) {
        if (retries >= MOST_RETRIES || !isTransient(error)) throw error;
        await pause(Math.random() * LONGEST_PAUSE_MS * (retries + 1));
      }
    }
  }

  private async once<T>(tenantId: string, work: (db: EntityManager) => Promise<T>, ending: Ending): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction();
      await runner.query("SELECT set_config('role', $1, true), set_config($2, $3, true)", [
        APPLICATION_ROLE,
        TENANT_SETTING,
        tenantId,
      ]);
      const result = await work(runner.manager);
      await (ending === 'commit' ? this.commit(runner) : runner.rollbackTransaction());
      return result;
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** When the connection is lost before COMMIT is acknowledged, the server is asked what became of the transaction. */
  private async commit(runner: QueryRunner): Promise<void> {
    const [{ id } = { id: null }]: { id: string | null }[] = await runner.query(
      'SELECT pg_current_xact_id_if_assigned()::text AS id',
    );
    try {
      await runner.commitTransaction();
    } catch (error) {
      if (id === null || !isUnavailable(error) || !(await this.wasCommitted(id))) throw error;
      this.log.warn(`The acknowledgement of a commit was lost; the transaction ${id} was committed`);
    }
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
      const rows: { status: string | null }[] = await this.dataSource.query(
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

/** A connection that is gone has rolled back already; the error that broke it is the one to tell. */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (runner.isReleased || !runner.isTransactionActive) return;
  try {
    await runner.rollbackTransaction();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
}
