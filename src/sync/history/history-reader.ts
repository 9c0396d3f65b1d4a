import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction';
import { type PageOf, toPage, uuidOf } from '../cursor';
import type { Changes } from '../diff';
import type { SyncedParts } from '../synced-parts';
import { isZohoId } from '../values/zoho-id';

/** One change of a record, as the history route answers it. */
export interface ChangeView {
  readonly status: 'NEW' | 'UPDATED' | 'DELETED';
  readonly changes: Changes;
  /** `Modified_Time` of the record that made the change */
  readonly version: string | null;
  readonly run_id: string;
  /** the run that brought the record, when it had to wait for another */
  readonly waited_since_run_id: string | null;
  /** what the body of that run said of where it came from */
  readonly source: string | null;
  readonly recorded_at: string;
}

export interface HistoryRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface ChangeLine extends Omit<ChangeView, 'version' | 'recorded_at'> {
  readonly id: string;
  readonly version: Date | null;
  readonly recorded_at: Date;
}

/** Reads what has changed about a record, the newest first. */
@Injectable()
export class HistoryReader {
  constructor(private readonly transaction: TenantTransaction) {}

  /** @throws MalformedCursor */
  async findPage(
    { definition }: SyncedParts,
    tenantId: string,
    zohoId: string,
    { limit, cursor }: HistoryRequest,
  ): Promise<PageOf<ChangeView>> {
    const before = uuidOf(cursor);
    if (!isZohoId(zohoId)) return { data: [], next_cursor: null };
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<ChangeLine[]>(
        `SELECT change.id, status, changes, version, run_id, waited_since_run_id, source, recorded_at
         FROM change_record AS change LEFT JOIN run ON run.tenant_id = change.tenant_id AND run.id = change.run_id
         WHERE change.tenant_id = $1 AND change.entity = $2 AND zoho_id = $3 AND ($4::uuid IS NULL OR change.id < $4)
         ORDER BY change.id DESC LIMIT $5`,
        [tenantId, definition.name, zohoId, before, limit + 1],
      ),
    );
    return toPage(lines, limit, ({ id }) => id, toView);
  }
}

/** PostgreSQL gives keys back in an order of its own; before comes before after. */
function toView({ id: _id, version, recorded_at: at, changes, ...rest }: ChangeLine): ChangeView {
  const inOrder = Object.entries(changes).map(([name, { before, after }]) => [name, { before, after }]);
  return {
    ...rest,
    changes: Object.fromEntries(inOrder) as Changes,
    version: version?.toISOString() ?? null,
    recorded_at: at.toISOString(),
  };
}
