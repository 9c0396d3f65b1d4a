import { Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { TenantTransaction } from '../database/tenant-transaction';
import type { SyncedParts } from '../sync/synced-parts';
import type { ImportListener, ImportOrder } from './import-order';
import type { MissingReport, Tally } from './import-report';
import { ImportRepository } from './import.repository';
import type { Session } from './import-session';
import { type FullImport, MissingRecords } from './missing-records';

const MOST_REPORTED = 1_000;
/** So many ids a full dry run remembers; of a larger file it does not tell what is missing. */
export const MOST_SEEN = 1_000_000;
/** Lines that one statement removes, so that none takes long. */
const PORTION = 10_000;

/** An import whose file has ended. */
interface Ended {
  readonly order: ImportOrder;
  readonly parts: SyncedParts;
  readonly listener: ImportListener;
  readonly session: Session | null;
  readonly seen: ReadonlySet<string>;
}

/** What follows when the end of a file is reached: what a full one lacks is told, and the import is finished. */
@Injectable()
export class ImportEnding {
  private readonly log = new Logger(ImportEnding.name);

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly imports: ImportRepository,
    private readonly missing: MissingRecords,
  ) {}

  async of(ended: Ended, tally: Tally): Promise<{ released: number; missing: MissingReport | null }> {
    const { tenantId, full } = ended.order;
    const missing = full && ended.seen.size <= MOST_SEEN ? await this.lookForMissing(ended, tally) : null;
    const { session } = ended;
    if (!session) return { released: 0, missing };
    const counts = missing && { total: missing.total, deleted: missing.deleted, refusal: missing.refusal };
    const released = await this.transaction.run(tenantId, (db) => this.imports.finish(db, session, counts));
    await this.tidy(tenantId);
    return { released, missing };
  }

  /** The import is finished whatever becomes of this: what is left behind is removed by the upkeep. */
  private async tidy(tenantId: string): Promise<void> {
    try {
      for (let left = PORTION; left === PORTION;) {
        left = await this.transaction.run(tenantId, (db) => this.imports.tidy(db, tenantId, PORTION));
      }
    } catch (error) {
      const what = error instanceof Error ? error.name : typeof error;
      this.log.warn(`What a finished import needs no longer was not removed: ${what}`);
    }
  }

  private async lookForMissing(ended: Ended, tally: Tally): Promise<MissingReport> {
    const { order, parts, listener, session, seen } = ended;
    const { tenantId, requestId } = order;
    const full: FullImport = session
      ? { tenantId, requestId, id: session.id, startedAt: session.startedAt }
      : { tenantId, requestId, id: uuidv7(), startedAt: new Date(), seen };
    const first: string[] = [];
    let total = 0;
    for await (const ids of this.missing.pages(parts, full)) {
      total += ids.length;
      first.push(...ids.slice(0, MOST_REPORTED - first.length));
      await listener.missing?.(ids);
    }
    if (order.deleteMissing === null) return { total, deleted: 0, refusal: null, first };
    const refusal = refusalOf(tally, total, order.deleteMissing);
    const deleted = session && refusal === null ? await this.missing.delete(parts, full) : 0;
    return { total, deleted, refusal, first };
  }
}

/** Why nothing is deleted, though it is asked for. */
function refusalOf({ summary, withoutId }: Tally, total: number, most: number): string | null {
  if (summary.total === 0) return 'The file has no records';
  if (withoutId > 0)
    return `${withoutId} records of the file have no id that can be read, so nobody can tell which stored ones they are`;
  if (total > most) return `${total} stored records are missing in the file, and ${most} may be deleted`;
  return null;
}
