import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { Environment } from '../config/environment';
import { Problem } from '../request/problem';

/**
 * Lets one process at a time work on an import. The lock is a connection's, not a row's: that of a process that was
 * killed is free at once, so that the import can be gone on with.
 */
@Injectable()
export class ImportLock {
  constructor(private readonly environment: Environment) {}

  /** @throws Problem when another process has it */
  async hold<T>(tenantId: string, key: string, work: () => Promise<T>): Promise<T> {
    const { DATABASE_URL, APP_NAME } = this.environment;
    // A connection of its own: as many imports as the pool has connections would wait for one another for ever.
    const client = new Client({
      connectionString: DATABASE_URL,
      application_name: APP_NAME,
      connectionTimeoutMillis: PATIENCE_MS,
      keepAlive: true,
    });
    // When it is lost, portions still see whether another process has been faster: each is counted in its transaction.
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_lock(hashtextextended('import ' || $1 || ' ' || $2, 0)) AS mine`,
        [tenantId, key],
      );
      if (!rows[0]?.mine) throw new Problem('IMPORT_IN_PROGRESS', 'Another process is working on this import');
      return await work();
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

const PATIENCE_MS = 10_000;
