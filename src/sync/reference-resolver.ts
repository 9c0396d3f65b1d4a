import { tableOf } from '../database/table-of';
import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { indexOf } from './field-index';
import { type EntityDefinition, textOf } from './fields';
import { reasonOf } from './reasons';
import type { CanonicalValues, RecordIssue } from './record';
import type { MissingParent, RowState } from './row-state';

/** A reference of a stored row to a record that is not there. */
export interface DanglingReference {
  /** of the row */
  readonly zohoId: string;
  readonly field: string;
  /** it was there, and is a tombstone now */
  readonly isDeleted: boolean;
}

const NONE: readonly never[] = [];

/** Of the records that a batch's references name, those that are stored, and those that are tombstones. */
export class KnownReferences {
  /** Whether any of those that were looked up is not stored, or a tombstone. */
  private readonly hasAbsent: boolean;

  constructor(
    private readonly entities: ReadonlyMap<string, string>,
    private readonly asked: ReadonlyMap<string, ReadonlySet<string>>,
    private readonly stored: ReadonlyMap<string, ReadonlyMap<string, boolean>>,
  ) {
    this.hasAbsent = [...asked].some(([field, ids]) => {
      const found = stored.get(field);
      return !found || found.size < ids.size || [...found.values()].includes(true);
    });
  }

  isLookedUp(field: string, zohoId: string): boolean {
    return this.asked.get(field)?.has(zohoId) ?? false;
  }

  /** With what others know besides. */
  with({ asked, stored }: KnownReferences): KnownReferences {
    const all = new Map(this.asked);
    for (const [field, ids] of asked) all.set(field, new Set([...(all.get(field) ?? []), ...ids]));
    const found = new Map(this.stored);
    for (const [field, byId] of stored) found.set(field, new Map([...(found.get(field) ?? []), ...byId]));
    return new KnownReferences(this.entities, all, found);
  }

  /** The record that the field names, unless it is stored. */
  absent(field: string, zohoId: string): MissingParent | null {
    const entity = this.entities.get(field);
    if (entity === undefined) return null;
    const isDeleted = this.stored.get(field)?.get(zohoId);
    return isDeleted === false ? null : { field, entity, zohoId, isDeleted: isDeleted ?? false };
  }

  /** The references of a row that name nothing stored. */
  danglingOf(definition: EntityDefinition, zohoId: string, state: RowState | null): readonly DanglingReference[] {
    if (!state || state.deletedAt || !this.hasAbsent) return NONE;
    return indexOf(definition).references.flatMap(([field]) => {
      const named = textOf(state.values[field]);
      const absent = named === null ? null : this.absent(field, named);
      return absent ? [{ zohoId, field, isDeleted: absent.isDeleted }] : [];
    });
  }

  /** A warning for each reference of a stored row to a record that is not stored. */
  warnings(definition: EntityDefinition, state: RowState | null): readonly RecordIssue[] {
    if (!state || state.deletedAt || !this.hasAbsent) return NONE;
    const { name } = definition;
    return indexOf(definition).references.flatMap(([field]) => {
      const zohoId = textOf(state.values[field]);
      const absent = zohoId === null ? null : this.absent(field, zohoId);
      if (!absent) return [];
      const what = absent.isDeleted ? 'has been deleted' : 'has not been synced yet';
      const message = `${field} ${zohoId} ${what}; the ${name} is stored and names it`;
      return [{ field, code: reasonOf(absent), message }];
    });
  }
}

/** The records of other entities that records may name, by field. */
export class NamedRecords {
  readonly byField = new Map<string, Set<string>>();

  /** @param known those that need not be looked up again */
  add(definition: EntityDefinition, values: CanonicalValues | undefined, known?: KnownReferences): void {
    if (!values) return;
    for (const [field] of indexOf(definition).references) {
      const zohoId = textOf(values[field]);
      if (zohoId === null || known?.isLookedUp(field, zohoId)) continue;
      const ids = this.byField.get(field);
      if (ids) ids.add(zohoId);
      else this.byField.set(field, new Set([zohoId]));
    }
  }
}

/** Looks up the records that references name: one statement, whatever the number of records and fields. */
@Injectable()
export class ReferenceResolver {
  async find(
    db: TenantDb,
    tenantId: string,
    definition: EntityDefinition,
    { byField: ids }: NamedRecords,
  ): Promise<KnownReferences> {
    const entities = new Map<string, string>();
    for (const [field, { references }] of indexOf(definition).references) {
      if (references) entities.set(field, tableOf(references()));
    }
    return new KnownReferences(entities, ids, await readStored(db, tenantId, entities, ids));
  }

  /** Those too that are named besides; without a statement when there are none. */
  async findMore(
    db: TenantDb,
    tenantId: string,
    definition: EntityDefinition,
    more: NamedRecords,
    known: KnownReferences,
  ): Promise<KnownReferences> {
    return more.byField.size === 0 ? known : known.with(await this.find(db, tenantId, definition, more));
  }
}

/** By field and id, whether the record is a tombstone. */
async function readStored(
  db: TenantDb,
  tenantId: string,
  entities: ReadonlyMap<string, string>,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Map<string, Map<string, boolean>>> {
  const asked = [...ids];
  const stored = new Map(asked.map(([field]) => [field, new Map<string, boolean>()]));
  if (asked.length === 0) return stored;
  const selects = asked.map(
    ([field], at) =>
      `SELECT '${field}' AS field, stored.* FROM unnest($${at + 2}::text[]) AS asked (zoho_id), LATERAL (
         SELECT zoho_id, deleted_at IS NOT NULL AS is_deleted FROM "${entities.get(field)}"
         WHERE tenant_id = $1 AND zoho_id = asked.zoho_id OFFSET 0) AS stored`,
  );
  const rows: { field: string; zoho_id: string; is_deleted: boolean }[] = await db.keyed(selects.join(' UNION ALL '), [
    tenantId,
    ...asked.map(([, zohoIds]) => [...zohoIds]),
  ]);
  for (const row of rows) stored.get(row.field)?.set(row.zoho_id, row.is_deleted);
  return stored;
}
