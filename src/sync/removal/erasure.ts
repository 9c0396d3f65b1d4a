import { tableOf } from '../../database/table-of';
import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { type Actor, AuditLog, recordSubject } from '../../audit/audit-log';
import { type Ending, TenantTransaction } from '../../database/tenant-transaction';
import { EntityRegistry } from '../entity-registry';
import { columnOf, type EntityDefinition } from '../fields';
import { RowChanges } from '../row-changes';
import { keepOutWrites } from './erasure-lock';
import { Mentions } from './mentions';

/** How many lines were removed: of each entity, and of what was kept about them. */
export type Erased = Readonly<Record<string, number>>;

/** Records that are removed, by the name of their entity. */
export type Doomed = Map<string, Set<string>>;

/** Removes a record for good, and with a person all that belongs to that person. */
@Injectable()
export class Erasure {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
    private readonly mentions: Mentions,
    private readonly changes: RowChanges,
    private readonly audit: AuditLog,
  ) {}

  erase(
    tenantId: string,
    by: Actor,
    { name, plural, isPerson }: EntityDefinition,
    zohoId: string,
    ending: Ending,
  ): Promise<Erased> {
    return this.transaction.run(
      tenantId,
      async (db) => {
        await keepOutWrites(db, tenantId);
        const doomed: Doomed = new Map([[name, new Set([zohoId])]]);
        if (isPerson) await this.addBelongings(db, tenantId, name, [zohoId], doomed);
        const erased: Record<string, number> = {};
        let pushes = 0;
        for (const [entity, ids] of doomed) {
          await eraseOf(db, tenantId, entity, [...ids], erased);
          pushes += await this.changes.tellErased(db, tenantId, entity, [...ids]);
        }
        const mentions = await this.mentions.remove(db, tenantId, doomed);
        const all = { ...erased, pushes, mentions };
        if (Object.values(all).some((count) => count > 0))
          await this.audit.write(db, tenantId, by, {
            act: 'record.erased',
            subject: recordSubject(plural, zohoId),
            after: all,
          });
        return all;
      },
      ending,
    );
  }

  /** Records that belong to one of these, and those that belong to them, stored or waiting. */
  private async addBelongings(
    db: TenantDb,
    tenantId: string,
    owner: string,
    ownerIds: readonly string[],
    doomed: Doomed,
  ): Promise<void> {
    for (const { definition } of this.entities.all) {
      for (const [name, field] of Object.entries(definition.fields)) {
        if (!field.belongs || !field.references) continue;
        if (tableOf(field.references()) !== owner) continue;
        const rows: { zoho_id: string }[] = await db.query(
          `SELECT zoho_id FROM "${definition.name}" WHERE tenant_id = $1 AND ${columnOf(name, field)} = ANY($2::text[])
           UNION SELECT zoho_id FROM deferred_record
           WHERE tenant_id = $1 AND entity = $3 AND carried ->> $4 = ANY($2::text[])`,
          [tenantId, ownerIds, definition.name, name],
        );
        const known = doomed.get(definition.name) ?? new Set<string>();
        const found = rows.map((row) => row.zoho_id).filter((id) => !known.has(id));
        if (found.length === 0) continue;
        doomed.set(definition.name, new Set([...known, ...found]));
        await this.addBelongings(db, tenantId, definition.name, found, doomed);
      }
    }
  }
}

/** In the order of the engine's locks: what waits, rows, claims. */
async function eraseOf(
  db: TenantDb,
  tenantId: string,
  entity: string,
  ids: readonly string[],
  erased: Record<string, number>,
): Promise<void> {
  const remove = async (what: string, sql: string, parameters: unknown[]): Promise<void> => {
    const count = await db.change(sql, parameters);
    erased[what] = (erased[what] ?? 0) + count;
  };
  const named = [tenantId, entity, ids];
  const removeFrom = (what: string, table: string): Promise<void> =>
    remove(what, `DELETE FROM ${table} WHERE tenant_id = $1 AND entity = $2 AND zoho_id = ANY($3::text[])`, named);
  await removeFrom('waiting', 'deferred_record');
  await removeFrom('waiting_for', 'deferred_parent');
  await remove(entity, `DELETE FROM "${entity}" WHERE tenant_id = $1 AND zoho_id = ANY($2::text[])`, [tenantId, ids]);
  await removeFrom('claims', 'unique_value');
  await removeFrom('history', 'change_record');
  await remove(
    'run_results',
    `UPDATE run SET results = (SELECT coalesce(jsonb_agg(result), '[]') FROM jsonb_array_elements(results) AS result
                               WHERE result ->> 'zoho_id' IS NULL OR result ->> 'zoho_id' <> ALL($3::text[]))
     WHERE tenant_id = $1 AND entity = $2
       AND EXISTS (SELECT FROM jsonb_array_elements(results) AS result WHERE result ->> 'zoho_id' = ANY($3::text[]))`,
    named,
  );
}
