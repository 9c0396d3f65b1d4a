import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantTransaction } from '../database/tenant-transaction';
import { EntityRegistry } from './entity-registry';
import { columnOf, type EntityDefinition } from './fields';
import { ProfileReader } from './profile/profile-reader';
import type { RecordGroup } from './record-group';
import type { DanglingReference } from './reference-resolver';

/** What an answer left behind, by which it can be told later whether the answer is still true. */
export interface Witness {
  /** of the profile by which the records were read */
  readonly profileVersion: number;
  /** the entity's name, which is its table's */
  readonly entity: string;
  readonly zohoIds: readonly string[];
  /** of those rows, one digest over fingerprints, versions and dangling references; absent rows are left out */
  readonly digest: string;
}

/** A line of the digest: a row, something that waits under its id, or a reference of it that dangles. */
interface Seen {
  readonly zoho_id: string;
  readonly what: string;
  readonly version: Date | string | null;
  readonly is_deleted: boolean;
}

export function witnessOf(
  profileVersion: number,
  entity: string,
  groups: readonly RecordGroup[],
  dangling: readonly DanglingReference[],
): Witness {
  const rows = groups.flatMap(({ zohoId, state }): Seen[] => {
    if (!state) return [];
    const { fingerprint, version, deletedAt } = state;
    return [{ zoho_id: zohoId, what: fingerprint, version, is_deleted: deletedAt !== null }];
  });
  const references = dangling.map(({ zohoId, field, isDeleted }): Seen => ({
    zoho_id: zohoId,
    what: field,
    version: null,
    is_deleted: isDeleted,
  }));
  const digest = digestOf([...rows, ...references]);
  return { profileVersion, entity, zohoIds: groups.map(({ zohoId }) => zohoId), digest };
}

/** Looks whether an answer given before would be given again. */
@Injectable()
export class WitnessReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly dataSource: DataSource,
    private readonly profiles: ProfileReader,
    private readonly entities: EntityRegistry,
  ) {}

  /** One statement, however many records the answer was about. */
  async isStillTrue(tenantId: string, witness: Witness): Promise<boolean> {
    const { entity, zohoIds, digest, profileVersion } = witness;
    const definition = this.entities.find(entity)?.definition;
    if (!definition || (await this.profiles.read(tenantId)).version !== profileVersion) return false;
    const seen = await this.transaction.run(tenantId, (db) =>
      db.query<Seen[]>(
        `SELECT zoho_id, fingerprint AS what, version, deleted_at IS NOT NULL AS is_deleted FROM "${entity}"
         WHERE tenant_id = $1 AND zoho_id = ANY($2::text[])
         -- What waits under an id came after the answer, and counts before its row does.
         UNION ALL SELECT zoho_id, 'waits', NULL, false FROM deferred_record
         WHERE tenant_id = $1 AND entity = '${entity}' AND zoho_id = ANY($2::text[])
         ${this.dangling(definition).join(' ')}`,
        [tenantId, zohoIds],
      ),
    );
    return digestOf(seen) === digest;
  }

  /** The rows' references to what is not stored, a part of the statement for each field that is one. */
  private dangling({ name, fields }: EntityDefinition): string[] {
    return Object.entries(fields).flatMap(([key, field]) => {
      if (!field.references) return [];
      const parent = this.dataSource.getMetadata(field.references()).tableName;
      const column = columnOf(key, field);
      return [
        `UNION ALL SELECT child.zoho_id, '${key}', NULL, parent.zoho_id IS NOT NULL
         FROM "${name}" AS child
         LEFT JOIN "${parent}" AS parent ON parent.tenant_id = child.tenant_id AND parent.zoho_id = child.${column}
         WHERE child.tenant_id = $1 AND child.zoho_id = ANY($2::text[]) AND child.deleted_at IS NULL
           AND child.${column} IS NOT NULL AND (parent.zoho_id IS NULL OR parent.deleted_at IS NOT NULL)`,
      ];
    });
  }
}

function digestOf(lines: readonly Seen[]): string {
  const spelled = lines.map(({ zoho_id: id, what, version, is_deleted: isDeleted }) => {
    const at = version instanceof Date ? version.toISOString() : version;
    return `${id} ${what} ${at} ${isDeleted}\n`;
  });
  return hash('sha256', spelled.toSorted().join(''), 'hex');
}
