import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { isTransient, isUnavailable } from './database-errors';
import { APPLICATION_ROLE, TENANT_SETTING } from './tenant-table';

const MOST_RETRIES = 3;
const LONGEST_PAUSE_MS = 50;

/** `rollback` does all the work and then undoes it, for a dry run. */
type Ending = 'commit' | 'rollback';

/**
 * One transaction in the name of one tenant: its role cannot bypass row-level security and sees that tenant's rows
 * alone. Both settings end with the transaction, so the pooled connection carries nothing to its next user.
 */
@Injectable()
export class TenantTransaction {
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
      await (ending === 'commit' ? runner.commitTransaction() : runner.rollbackTransaction());
      return result;
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** A connection that is gone has rolled back already; the error that broke it is the one to tell. */
async function rollBack(runner: QueryRunner): Promise<void> {
  if (!runner.isTransactionActive) return;
  try {
    await runner.rollbackTransaction();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
}
