import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EntityDefinition } from './fields';
import type { RecordIssue } from './record';
import type { RecordGroup } from './record-group';

/** Records that a field names and that are not stored. */
export interface AbsentRecords {
  readonly field: string;
  /** the entity whose records they would be */
  readonly entity: string;
  readonly zohoIds: ReadonlySet<string>;
}

/** Looks up the records that references name: one statement for each referring field, whatever the number of records. */
@Injectable()
export class ReferenceResolver {
  async findAbsent(
    db: EntityManager,
    tenantId: string,
    { fields }: EntityDefinition,
    groups: readonly RecordGroup[],
  ): Promise<AbsentRecords[]> {
    const absent: AbsentRecords[] = [];
    for (const [field, { references }] of Object.entries(fields)) {
      const named = new Set(groups.map(({ state }) => state?.values[field]).filter((id) => id != null));
      if (!references || named.size === 0) continue;
      const entity = db.connection.getMetadata(references()).tableName;
      const stored: { zoho_id: string }[] = await db.query(
        `SELECT zoho_id FROM "${entity}" WHERE tenant_id = $1 AND zoho_id = ANY($2::text[]) AND deleted_at IS NULL`,
        [tenantId, [...named]],
      );
      absent.push({ field, entity, zohoIds: named.difference(new Set(stored.map((row) => row.zoho_id))) });
    }
    return absent;
  }
}

/** A warning for each reference of the group's row to a record that is not stored. */
export function absenceWarnings(
  { name: entity }: EntityDefinition,
  absent: readonly AbsentRecords[],
  { state }: RecordGroup,
): RecordIssue[] {
  return absent.flatMap(({ field, zohoIds }) => {
    const id = state?.values[field];
    if (!id || !zohoIds.has(id)) return [];
    const message = `${field} ${id} has not been synced yet; the ${entity} is stored and names it`;
    return [{ field, code: `${field}_not_synced_yet`, message }];
  });
}
