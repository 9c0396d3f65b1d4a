import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type EntityDefinition, textOf } from './fields';
import { reasonOf } from './reasons';
import type { RecordIssue } from './record';
import type { MissingParent, RowState } from './row-state';

/** A reference of a stored row to a record that is not there. */
export interface DanglingReference {
  /** of the row */
  readonly zohoId: string;
  readonly field: string;
  /** it was there, and is a tombstone now */
  readonly isDeleted: boolean;
}

/** Of the records that a batch's references name, those that are stored, and those that are tombstones. */
export class KnownReferences {
  constructor(
    private readonly entities: ReadonlyMap<string, string>,
    private readonly stored: ReadonlyMap<string, ReadonlyMap<string, boolean>>,
  ) {}

  /** The record that the field names, unless it is stored. */
  absent(field: string, zohoId: string): MissingParent | null {
    const entity = this.entities.get(field);
    if (entity === undefined) return null;
    const isDeleted = this.stored.get(field)?.get(zohoId);
    return isDeleted === false ? null : { field, entity, zohoId, isDeleted: isDeleted ?? false };
  }

  /** The references of a row that name nothing stored. */
  danglingOf({ fields }: EntityDefinition, zohoId: string, state: RowState | null): DanglingReference[] {
    if (!state || state.deletedAt) return [];
    return Object.keys(fields).flatMap((field) => {
      const named = textOf(state.values[field]);
      const absent = named === null ? null : this.absent(field, named);
      return absent ? [{ zohoId, field, isDeleted: absent.isDeleted }] : [];
    });
  }

  /** A warning for each reference of a stored row to a record that is not stored. */
  warnings({ name, fields }: EntityDefinition, state: RowState | null): RecordIssue[] {
    if (!state || state.deletedAt) return [];
    return Object.keys(fields).flatMap((field) => {
      const zohoId = textOf(state.values[field]);
      const absent = zohoId === null ? null : this.absent(field, zohoId);
      if (!absent) return [];
      const what = absent.isDeleted ? 'has been deleted' : 'has not been synced yet';
      const message = `${field} ${zohoId} ${what}; the ${name} is stored and names it`;
      return [{ field, code: reasonOf(absent), message }];
    });
  }
}

/** Looks up the records that references name: one statement, whatever the number of records and fields. */
@Injectable()
export class ReferenceResolver {
  async find(
    db: EntityManager,
    tenantId: string,
    { fields }: EntityDefinition,
    named: Iterable<readonly [field: string, zohoId: string]>,
  ): Promise<KnownReferences> {
    const entities = new Map<string, string>();
    for (const [field, { references }] of Object.entries(fields)) {
      if (references) entities.set(field, db.connection.getMetadata(references()).tableName);
    }
    const ids = new Map<string, Set<string>>();
    for (const [field, zohoId] of named) {
      const known = ids.get(field);
      if (known) known.add(zohoId);
      else ids.set(field, new Set([zohoId]));
    }
    return new KnownReferences(entities, await readStored(db, tenantId, entities, [...ids]));
  }
}

/** By field and id, whether the record is a tombstone. */
async function readStored(
  db: EntityManager,
  tenantId: string,
  entities: ReadonlyMap<string, string>,
  ids: readonly (readonly [field: string, zohoIds: ReadonlySet<string>])[],
): Promise<Map<string, Map<string, boolean>>> {
  const stored = new Map(ids.map(([field]) => [field, new Map<string, boolean>()]));
  if (ids.length === 0) return stored;
  const selects = ids.map(
    ([field], at) =>
      `SELECT '${field}' AS field, zoho_id, deleted_at IS NOT NULL AS is_deleted FROM "${entities.get(field)}"
       WHERE tenant_id = $1 AND zoho_id = ANY($${at + 2}::text[])`,
  );
  const rows: { field: string; zoho_id: string; is_deleted: boolean }[] = await db.query(selects.join(' UNION ALL '), [
    tenantId,
    ...ids.map(([, zohoIds]) => [...zohoIds]),
  ]);
  for (const row of rows) stored.get(row.field)?.set(row.zoho_id, row.is_deleted);
  return stored;
}
