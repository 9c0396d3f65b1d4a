import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction';
import type { ParsedRecord } from './record';
import type { Run } from './run';

/**
 * A record that is deleted by a notice without a time has the time of its receipt as its version, which later changes are
 * compared with. So that is the database's time: by the clock of a process that is ahead, they would be out of date.
 */
@Injectable()
export class ReceiptClock {
  constructor(private readonly transaction: TenantTransaction) {}

  /** @returns the run, received at that time where it counts */
  async time(run: Run, records: readonly ParsedRecord[]): Promise<Run> {
    if (!records.some(({ operation, version }) => operation === 'delete' && version === null)) return run;
    const [line] = await this.transaction.send(run.tenantId, (db) =>
      db.query<{ now: Date }[]>('SELECT clock_timestamp() AS now'),
    );
    return line ? { ...run, receivedAt: line.now.toISOString() } : run;
  }
}
