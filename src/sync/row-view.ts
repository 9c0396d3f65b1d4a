import { type CanonicalValue, CUSTOM, type EntityDefinition } from './fields';
import type { StoredRow } from './synced.repository';

/** When a row was changed. */
interface Bookkeeping {
  readonly zoho_id: string;
  readonly version: string | null;
  readonly last_sync: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A row as the read routes answer it: the canonical record, what follows from it, and when it was changed. */
interface RowView extends Bookkeeping {
  readonly deleted_at: null;
  /** on request, the records that it names, by field; null for one that is not stored */
  readonly expanded?: Readonly<Record<string, StoredView | null>>;
  readonly [field: string]: unknown;
}

/** What is shown of a deleted record. */
interface Tombstone extends Bookkeeping {
  readonly deleted_at: string;
}

export type StoredView = RowView | Tombstone;

/** @param extras what others know about the row, such as `moodle`; a tombstone shows none of it */
export function toView({ fields }: EntityDefinition, row: StoredRow, extras: object = {}): StoredView {
  const bookkeeping = {
    zoho_id: row.zohoId,
    version: row.version?.toISOString() ?? null,
    last_sync: row.lastSync.toISOString(),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
  if (row.deletedAt) return { ...bookkeeping, deleted_at: row.deletedAt.toISOString() };
  const values = Object.entries(fields).map(([name, { type }]): [string, CanonicalValue] => [
    name,
    row.values[name] ?? (type === 'list' ? [] : null),
  ]);
  const custom = Object.entries(row.values).filter(([name]) => name.startsWith(CUSTOM));
  return {
    ...bookkeeping,
    deleted_at: null,
    ...Object.fromEntries(values),
    ...row.derived,
    custom: Object.fromEntries(custom.map(([name, value]) => [name.slice(CUSTOM.length), value])),
    ...extras,
  };
}
