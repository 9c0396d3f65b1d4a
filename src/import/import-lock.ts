import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { Environment } from '../config/environment';
import { isTransient } from '../database/database-errors';
import { Problem } from '../request/problem';

/**
 * Lets one process at a time work on an import. The lock is a connection's, not a row's: that of a process that was
 * killed is free at once, so that the import can be gone on with.
 */
@Injectable()
export class ImportLock {
  constructor(private readonly environment: Environment) {}

  /**
   * Waits a moment for another that is about to end, as when a caller was cut off and sends again.
   *
   * @throws Problem when another process has it
   */
  async hold<T>(tenantId: string, key: string, work: () => Promise<T>): Promise<T> {
    const { DATABASE_URL, APP_NAME } = this.environment;
    // A connection of its own: as many imports as the pool has connections would wait for one another for ever.
    const client = new Client({
      connectionString: DATABASE_URL,
      application_name: APP_NAME,
      connectionTimeoutMillis: CONNECTION_MS,
      lock_timeout: PATIENCE_MS,
      keepAlive: true,
    });
    // When it is lost, portions still see whether another process has been faster: each is counted in its transaction.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await take(client, tenantId, key);
      return await work();
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const CONNECTION_MS = 10_000;
const PATIENCE_MS = 5_000;

async function take(client: Client, tenantId: string, key: string): Promise<void> {
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('import ' || $1 || ' ' || $2, 0))`, [tenantId, key]);
  } catch (error) {
    if (!isTransient(error)) throw error;
    throw new Problem('IMPORT_IN_PROGRESS', 'Another process, or another request, is working on this import');
  }
}
