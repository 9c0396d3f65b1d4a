import { tableOf } from '../database/table-of';
import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { TenantTransaction } from '../database/tenant-transaction';
import { type PageOf, toPage, uuidOf } from './cursor';
import { EntityRegistry } from './entity-registry';
import { textOf } from './fields';
import { RowExtras } from './row-extras';
import { type StoredView, toView } from './row-view';
import type { StoredRow } from './synced.repository';
import type { SyncedParts } from './synced-parts';
import { isZohoId } from './values/zoho-id';

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly status?: string | undefined;
  readonly updated_since?: string | undefined;
  /** tombstones too */
  readonly deleted?: boolean | undefined;
  /** references whose records are answered with the row */
  readonly expand?: readonly string[] | undefined;
}

export type Page = PageOf<StoredView>;

/** A parameter that the entity cannot be asked by. */
export class UnknownFilter extends Error {
  constructor(
    readonly parameter: string,
    message: string,
  ) {
    super(message);
  }
}

/** Reads rows back, within a tenant. */
@Injectable()
export class RowReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
    private readonly extras: RowExtras,
  ) {}

  /** @throws UnknownFilter */
  async findOne(
    parts: SyncedParts,
    tenantId: string,
    zohoId: string,
    expand: readonly string[] = [],
  ): Promise<StoredView | null> {
    checkReferences(parts, expand);
    if (!isZohoId(zohoId)) return null;
    return this.transaction.run(tenantId, async (db) => {
      const rows = await parts.repository.findMany(db, tenantId, [zohoId]);
      const [view] = await this.toViews(db, tenantId, parts, rows, expand);
      return view ?? null;
    });
  }

  /** @throws MalformedCursor, UnknownFilter */
  findPage(
    parts: SyncedParts,
    tenantId: string,
    { limit, cursor, status, updated_since: updatedSince, deleted, expand = [] }: PageRequest,
  ): Promise<Page> {
    checkReferences(parts, expand);
    checkStatus(parts, status);
    const after = uuidOf(cursor) ?? undefined;
    return this.transaction.run(tenantId, async (db) => {
      const rows = await parts.repository.findPage(db, tenantId, { after, status, updatedSince, deleted }, limit + 1);
      const page = toPage(
        rows,
        limit,
        ({ id }) => id,
        (row) => row,
      );
      return { ...page, data: await this.toViews(db, tenantId, parts, page.data, expand) };
    });
  }

  private async toViews(
    db: TenantDb,
    tenantId: string,
    { definition }: SyncedParts,
    rows: readonly StoredRow[],
    expand: readonly string[],
  ): Promise<StoredView[]> {
    const extras = await this.extras.read(db, tenantId, definition.name, rows);
    const views = rows.map((row) => toView(definition, row, extras.get(row.zohoId)));
    if (expand.length === 0) return views;
    const named = new Map<string, ReadonlyMap<string, StoredView>>();
    for (const field of expand) {
      const ids = rows.map(({ values }) => textOf(values[field])).filter((id) => id !== null);
      named.set(field, await this.readNamed(db, tenantId, definition.fields[field]?.references?.(), ids));
    }
    return views.map((view) => {
      if (view.deleted_at !== null) return view;
      const found = [...named].map(([field, byId]) => [field, byId.get(String(view[field])) ?? null]);
      return { ...view, expanded: Object.fromEntries(found) as Record<string, StoredView | null> };
    });
  }

  private async readNamed(
    db: TenantDb,
    tenantId: string,
    entity: (new () => object) | undefined,
    ids: readonly string[],
  ): Promise<Map<string, StoredView>> {
    const parts = entity && this.entities.find(tableOf(entity));
    if (!parts || ids.length === 0) return new Map();
    const rows = await parts.repository.findMany(db, tenantId, [...new Set(ids)]);
    const extras = await this.extras.read(db, tenantId, parts.definition.name, rows);
    return new Map(rows.map((row) => [row.zohoId, toView(parts.definition, row, extras.get(row.zohoId))]));
  }
}

function checkStatus({ definition: { fields, plural } }: SyncedParts, status: string | undefined): void {
  if (status === undefined || 'status' in fields) return;
  throw new UnknownFilter('status', `${plural} have no status`);
}

function checkReferences({ definition }: SyncedParts, expand: readonly string[]): void {
  const known = Object.keys(definition.fields).filter((name) => definition.fields[name]?.references);
  const unknown = expand.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const choice =
    known.length > 0 ? `of ${definition.plural} it can be ${known.join(', ')}` : `${definition.plural} have none`;
  throw new UnknownFilter('expand', `expand must name references; ${choice}`);
}
