import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EntityDefinition } from './fields';
import type { RecordIssue } from './record';
import type { RecordGroup } from './record-group';

/** Looks up the records that references name: one statement for each referring field, whatever the number of records. */
@Injectable()
export class ReferenceResolver {
  /** For each referring field, the ids that the groups' rows name and that are not stored. */
  async findAbsent(
    db: EntityManager,
    tenantId: string,
    { fields }: EntityDefinition,
    groups: readonly RecordGroup[],
  ): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const absent = new Map<string, ReadonlySet<string>>();
    for (const [name, field] of Object.entries(fields)) {
      const named = new Set(groups.map(({ state }) => state?.values[name]).filter((id) => id != null));
      if (!field.references || named.size === 0) continue;
      const table = db.connection.getMetadata(field.references()).tableName;
      const stored: { zoho_id: string }[] = await db.query(
        `SELECT zoho_id FROM "${table}" WHERE tenant_id = $1 AND zoho_id = ANY($2::text[]) AND deleted_at IS NULL`,
        [tenantId, [...named]],
      );
      absent.set(name, named.difference(new Set(stored.map((row) => row.zoho_id))));
    }
    return absent;
  }
}

/** A warning for each reference of the group's row to a record that is not stored. */
export function absenceWarnings(
  { fields, name: entity }: EntityDefinition,
  absent: ReadonlyMap<string, ReadonlySet<string>>,
  group: RecordGroup,
): RecordIssue[] {
  const warnings: RecordIssue[] = [];
  for (const [field, ids] of absent) {
    const id = group.state?.values[field];
    if (!id || !ids.has(id) || !fields[field]) continue;
    const message = `${field} ${id} has not been synced yet; the ${entity} is stored and names it`;
    warnings.push({ field, code: `${field}_not_synced_yet`, message });
  }
  return warnings;
}
