import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { TenantTransaction } from '../database/tenant-transaction';
import type { Looked } from './disagreement';

/** So many lines are looked at in one transaction, so that memory and snapshots stay small. */
export const PAGE = 500;

/** Pages that could not be judged at once are looked at again, so often for a tenant. */
const MOST_PAUSES = 20;
const PAUSE_MS = 500;

/** Reads of one tenant that see one moment, so that what changes meanwhile does not look like a disagreement; it can write nothing. */
@Injectable()
export class Snapshot {
  constructor(private readonly transaction: TenantTransaction) {}

  read<T>(tenantId: string, work: (db: TenantDb) => Promise<T>): Promise<T> {
    return this.transaction.run(tenantId, work, 'nothing-written');
  }

  /**
   * Page after page, each a moment of its own.
   *
   * @param look at lines after the one given
   */
  async *pages<P>(
    tenantId: string,
    first: P,
    look: (db: TenantDb, after: P) => Promise<Page<P>>,
  ): AsyncGenerator<Looked> {
    let patience = MOST_PAUSES;
    for (let after: P | null = first; after !== null;) {
      const from: P = after;
      const { looked, last }: Page<P> = await this.read(tenantId, (db) => look(db, from));
      // What is on its way has mostly arrived a moment later.
      if (looked.undecided && patience > 0) {
        patience -= 1;
        await pause(PAUSE_MS);
        continue;
      }
      yield looked;
      after = last;
    }
  }
}

/** What a page came to, and its last line; null when it was the last page. */
interface Page<P> {
  readonly looked: Looked;
  readonly last: P | null;
}

/** The ids of rows after this one, in their order. */
export async function idsAfter(
  db: TenantDb,
  tenantId: string,
  table: string,
  after: string,
  limit = PAGE,
): Promise<string[]> {
  const rows = await db.query<{ zoho_id: string }[]>(
    `SELECT zoho_id FROM "${table}" WHERE tenant_id = $1 AND zoho_id > $2 ORDER BY zoho_id LIMIT $3`,
    [tenantId, after, limit],
  );
  return rows.map((row) => row.zoho_id);
}

/** The last of a page that was full; null when there are no more. */
export const lastOf = <T>(page: readonly T[], limit = PAGE): T | null =>
  page.length < limit ? null : (page.at(-1) ?? null);
