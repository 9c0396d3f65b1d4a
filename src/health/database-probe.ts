import { Injectable, Logger } from '@nestjs/common';
import { Client } from 'pg';
import { Environment } from '../config/environment';
import { sqlState } from '../database/database-errors';

const LONGEST_WAIT_MS = 3_000;

/** Asks the database for an answer, on a connection of its own: a pool that is busy is no database that is away. */
@Injectable()
export class DatabaseProbe {
  private readonly log = new Logger(DatabaseProbe.name);

  constructor(private readonly environment: Environment) {}

  async answers(): Promise<boolean> {
    const client = new Client({
      connectionString: this.environment.DATABASE_URL,
      connectionTimeoutMillis: LONGEST_WAIT_MS,
      query_timeout: LONGEST_WAIT_MS,
    });
    // A connection that breaks while nothing is asked of it would otherwise end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } catch (error) {
      this.log.warn(`The database does not answer (${sqlState(error) ?? 'no connection'})`);
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
