import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sqlState } from '../database/database-errors';

const LONGEST_WAIT_MS = 3_000;

/** Asks the database for an answer, and does not wait long for it. */
@Injectable()
export class DatabaseProbe {
  private readonly log = new Logger(DatabaseProbe.name);

  constructor(private readonly dataSource: DataSource) {}

  async answers(): Promise<boolean> {
    const timeUp = new AbortController();
    try {
      return await Promise.race([this.ask(), pause(LONGEST_WAIT_MS, false, { signal: timeUp.signal, ref: false })]);
    } finally {
      timeUp.abort();
    }
  }

  private async ask(): Promise<boolean> {
    try {
      await this.dataSource.query('SELECT 1');
      return true;
    } catch (error) {
      this.log.warn(`The database does not answer (${sqlState(error) ?? 'no connection'})`);
      return false;
    }
  }
}
