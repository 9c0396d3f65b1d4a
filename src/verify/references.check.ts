import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { tableOf } from '../database/table-of';
import { columnOf, type EntityDefinition, type Field } from '../sync/fields';
import type { Looked } from './disagreement';
import { lastOf, PAGE, Snapshot } from './snapshot';

interface NamingLine {
  readonly zoho_id: string;
  readonly named: string;
  readonly is_there: boolean;
}

/** Whether the record is there that a row could not have come in without. Other references may name what has not come. */
@Injectable()
export class ReferencesCheck {
  constructor(private readonly snapshot: Snapshot) {}

  /** @param definition as the tenant has it, which may let a record come in without another */
  async *run(tenantId: string, definition: EntityDefinition): AsyncGenerator<Looked> {
    for (const [name, field] of Object.entries(definition.fields))
      if (field.awaited) yield* this.runField(tenantId, definition, name, field);
  }

  private runField(tenantId: string, definition: EntityDefinition, name: string, field: Field): AsyncGenerator<Looked> {
    return this.snapshot.pages(tenantId, '', async (db, after) => {
      const lines = await readNaming(db, tenantId, definition.name, name, field, after);
      const found = lines
        .filter((line) => !line.is_there)
        .map(({ zoho_id: zohoId, named }) => ({
          check: 'reference' as const,
          entity: definition.plural,
          zohoId,
          message: `its ${name} ${named} is not stored: it was erased, or removed past the service`,
        }));
      return { looked: { check: 'reference', count: lines.length, found }, last: lastOf(lines)?.zoho_id ?? null };
    });
  }
}

/** A tombstone is there too: children of a deleted record stay. */
function readNaming(
  db: TenantDb,
  tenantId: string,
  table: string,
  name: string,
  field: Field,
  after: string,
): Promise<NamingLine[]> {
  if (!field.references) throw new Error(`${name} names no other record`);
  const column = columnOf(name, field);
  return db.query(
    `SELECT zoho_id, child.${column} AS named, EXISTS (
       SELECT FROM "${tableOf(field.references())}" AS parent
       WHERE parent.tenant_id = $1 AND parent.zoho_id = child.${column}) AS is_there
     FROM "${table}" AS child
     WHERE tenant_id = $1 AND zoho_id > $2 AND deleted_at IS NULL AND child.${column} IS NOT NULL
     ORDER BY zoho_id LIMIT $3`,
    [tenantId, after, PAGE],
  );
}
