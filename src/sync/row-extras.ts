import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import type { StoredRow } from './synced.repository';

/** What somebody adds to rows that are read: by id, under the key. */
export interface RowExtra {
  readonly key: string;
  read(
    db: TenantDb,
    tenantId: string,
    entity: string,
    rows: readonly StoredRow[],
  ): Promise<ReadonlyMap<string, object>>;
}

/** Where those who know more about rows contribute it to what the read routes answer; the engine knows none of them. */
@Injectable()
export class RowExtras {
  private readonly extras: RowExtra[] = [];

  add(extra: RowExtra): void {
    this.extras.push(extra);
  }

  /** By id, then by key; every row has every key. */
  async read(
    db: TenantDb,
    tenantId: string,
    entity: string,
    rows: readonly StoredRow[],
  ): Promise<Map<string, Record<string, object>>> {
    const found = new Map(rows.map(({ zohoId }): [string, Record<string, object>] => [zohoId, {}]));
    for (const extra of rows.length > 0 ? this.extras : []) {
      const byId = await extra.read(db, tenantId, entity, rows);
      for (const [zohoId, extras] of found) extras[extra.key] = byId.get(zohoId) ?? {};
    }
    return found;
  }
}
