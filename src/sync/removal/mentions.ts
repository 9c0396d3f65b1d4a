import { tableOf } from '../../database/table-of';
import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { EntityRegistry } from '../entity-registry';
import { columnOf, type EntityDefinition, type Field } from '../fields';
import type { Doomed } from './erasure';

/** What stands where an id was. */
const ERASED = '[erased]';

/** A field that names a person, with the canonical fields that are read from the same lookup, such as the name. */
interface Mention {
  readonly definition: EntityDefinition;
  readonly name: string;
  readonly field: Field;
  /** the columns of the field and its companions */
  readonly columns: readonly string[];
  readonly fields: readonly string[];
}

/** Takes what was erased out of records that stay: fields that name a person, and ids in the history and in runs. */
@Injectable()
export class Mentions {
  constructor(private readonly entities: EntityRegistry) {}

  /** @returns how many rows, waiting copies, changes and runs had something of it */
  async remove(db: TenantDb, tenantId: string, doomed: Doomed): Promise<number> {
    let count = 0;
    for (const [entity, ids] of doomed) {
      for (const mention of this.mentionsOf(entity)) count += await clear(db, tenantId, mention, [...ids]);
    }
    const ids = [...doomed.values()].flatMap((of) => [...of]);
    count += await this.redact(db, tenantId, 'change_record', 'changes', ids);
    return count + (await this.redact(db, tenantId, 'run', 'results', ids));
  }

  /** Only a person's: what else a record names is no part of it. */
  private mentionsOf(entity: string): Mention[] {
    const isPerson = this.entities.find(entity)?.definition.isPerson ?? false;
    return this.entities.all.flatMap(({ definition }) =>
      Object.entries(definition.fields).flatMap(([name, field]) => {
        if (!isPerson || field.belongs || !field.references) return [];
        if (tableOf(field.references()) !== entity) return [];
        const named = Object.entries(definition.fields).filter(([, other]) => isSameLookup(field, other));
        const columns = named.map(([key, other]) => columnOf(key, other));
        return [{ definition, name, field, columns, fields: named.map(([key]) => key) }];
      }),
    );
  }

  /** An id stands alone as a value, or in a message of ours after the word for what it is the id of. */
  private async redact(
    db: TenantDb,
    tenantId: string,
    table: string,
    column: string,
    ids: readonly string[],
  ): Promise<number> {
    const words = this.entities.all.flatMap(({ definition }) => [definition.name, ...Object.keys(definition.fields)]);
    const names = ids.map((id) => id.replaceAll('.', '\\.')).join('|');
    const pattern = `("|\\m(?:${[...new Set(words)].join('|')}) )(?:${names})(?![A-Za-z0-9_.:-])`;
    const count = await db.change(
      `UPDATE ${table} SET ${column} = regexp_replace(${column}::text, $2, '\\1${ERASED}', 'g')::jsonb
       WHERE tenant_id = $1 AND ${column}::text ~ $2`,
      [tenantId, pattern],
    );
    return count;
  }
}

const isSameLookup = (field: Field, other: Field): boolean =>
  other === field || other.aliases.some((alias) => field.aliases.includes(alias));

/** An empty fingerprint equals none: the record is UPDATED when Zoho names the person again. */
async function clear(
  db: TenantDb,
  tenantId: string,
  { definition, name, field, columns, fields }: Mention,
  ids: readonly string[],
): Promise<number> {
  const cleared = columns.map((column) => `${column} = NULL`).join(', ');
  const rows = await db.change(
    `UPDATE "${definition.name}" SET ${cleared}, fingerprint = '', updated_at = clock_timestamp()
     WHERE tenant_id = $1 AND ${columnOf(name, field)} = ANY($2::text[])`,
    [tenantId, ids],
  );
  const waiting = await db.change(
    `UPDATE deferred_record SET carried = carried - $4::text[]
     WHERE tenant_id = $1 AND entity = $3 AND carried ->> $5 = ANY($2::text[])`,
    [tenantId, ids, definition.name, fields, name],
  );
  const changes = await db.change(
    `UPDATE change_record SET changes = changes - $4::text[]
     WHERE tenant_id = $1 AND entity = $3 AND (changes -> $5 ->> 'before' = ANY($2::text[])
       OR changes -> $5 ->> 'after' = ANY($2::text[]))`,
    [tenantId, ids, definition.name, fields, name],
  );
  return rows + waiting + changes;
}
