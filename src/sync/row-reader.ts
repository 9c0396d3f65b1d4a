import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction';
import type { CanonicalValue } from './fields';
import type { SyncedParts } from './synced-parts';
import type { StoredRow } from './synced.repository';
import { isZohoId } from './values/zoho-id';

/** A row as the read routes answer it: the canonical record, what follows from it, and when it was changed. */
export type RowView = Record<string, CanonicalValue> & {
  zoho_id: string;
  version: string | null;
  last_sync: string;
  created_at: string;
  updated_at: string;
};

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: string | undefined;
  readonly updated_since?: string | undefined;
}

export interface Page {
  readonly data: readonly RowView[];
  /** null on the last page */
  readonly next_cursor: string | null;
}

/** Reads rows back, within a tenant. */
@Injectable()
export class RowReader {
  constructor(private readonly transaction: TenantTransaction) {}

  async findOne({ repository }: SyncedParts, tenantId: string, zohoId: string): Promise<RowView | null> {
    if (!isZohoId(zohoId)) return null;
    return this.transaction.run(tenantId, async (db) => {
      const row = await repository.findOne(db, tenantId, zohoId);
      return row && toView(row);
    });
  }

  /** @throws MalformedCursor */
  findPage(
    { repository }: SyncedParts,
    tenantId: string,
    { limit, cursor, status, updated_since: updatedSince }: PageRequest,
  ): Promise<Page> {
    const after = cursor === undefined ? undefined : positionOf(cursor);
    return this.transaction.run(tenantId, async (db) => {
      const rows = await repository.findPage(db, tenantId, { after, status, updatedSince }, limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return { data: rows.slice(0, limit).map(toView), next_cursor: last ? cursorOf(last) : null };
    });
  }
}

export class MalformedCursor extends Error {}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A cursor is opaque to callers, so that what it holds may change. */
const cursorOf = ({ id }: StoredRow): string => Buffer.from(id).toString('base64url');

function positionOf(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (UUID.test(id)) return id;
  throw new MalformedCursor('cursor must be the next_cursor of an earlier page');
}

function toView({ zohoId, values, derived, version, lastSync, createdAt, updatedAt }: StoredRow): RowView {
  return {
    zoho_id: zohoId,
    ...values,
    ...derived,
    version: version?.toISOString() ?? null,
    last_sync: lastSync.toISOString(),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
