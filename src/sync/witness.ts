import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TenantTransaction } from '../database/tenant-transaction';
import { ProfileReader } from './profile/profile-reader';
import type { RecordGroup } from './record-group';
import type { AbsentRecords } from './reference-resolver';

/** What an answer left behind, by which it can be told later whether the answer is still true. */
export interface Witness {
  /** of the profile by which the records were read */
  readonly profileVersion: number;
  /** the entity's name, which is its table's */
  readonly entity: string;
  readonly zohoIds: readonly string[];
  /** of those rows, one digest over fingerprints and versions, those that are absent left out */
  readonly digest: string;
  /** by entity, the ids that the answer warned of as not stored */
  readonly absent: readonly (readonly [entity: string, zohoIds: readonly string[]])[];
}

interface SeenRow {
  readonly zohoId: string;
  readonly fingerprint: string;
  readonly version: string | null;
  readonly isDeleted: boolean;
}

export function witnessOf(
  profileVersion: number,
  entity: string,
  groups: readonly RecordGroup[],
  absent: readonly AbsentRecords[],
): Witness {
  const rows = groups.flatMap(({ zohoId, state }) =>
    state ? [{ zohoId, ...state, isDeleted: state.deletedAt !== null }] : [],
  );
  return {
    profileVersion,
    entity,
    zohoIds: groups.map(({ zohoId }) => zohoId),
    digest: digestOf(rows),
    absent: absent
      .filter(({ zohoIds }) => zohoIds.size > 0)
      .map(({ entity: missing, zohoIds }) => [missing, [...zohoIds]]),
  };
}

/** Looks whether an answer given before would be given again. */
@Injectable()
export class WitnessReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly dataSource: DataSource,
    private readonly profiles: ProfileReader,
  ) {}

  /** One statement, however many records the answer was about. */
  async isStillTrue(tenantId: string, witness: Witness): Promise<boolean> {
    const { entity, zohoIds, digest, absent } = witness;
    if ((await this.profiles.read(tenantId)).version !== witness.profileVersion) return false;
    const arrivals = absent.map(
      ([name], at) => `UNION ALL SELECT zoho_id, 'arrived', NULL, false FROM ${this.tableOf(name)}
       WHERE tenant_id = $1 AND zoho_id = ANY($${at + 3}::text[]) AND deleted_at IS NULL`,
    );
    // What waits under an id came after the answer, and counts before its row does.
    const waiting = `UNION ALL SELECT zoho_id, 'waits', NULL, false FROM deferred_record
       WHERE tenant_id = $1 AND entity = '${entity}' AND zoho_id = ANY($2::text[])`;
    const rows = await this.transaction.run(tenantId, (db) =>
      db.query<{ zoho_id: string; fingerprint: string; version: Date | null; is_deleted: boolean }[]>(
        `SELECT zoho_id, fingerprint, version, deleted_at IS NOT NULL AS is_deleted FROM ${this.tableOf(entity)}
         WHERE tenant_id = $1 AND zoho_id = ANY($2::text[]) ${waiting} ${arrivals.join(' ')}`,
        [tenantId, zohoIds, ...absent.map(([, ids]) => ids)],
      ),
    );
    const seen = rows.map(({ zoho_id: zohoId, fingerprint, version, is_deleted: isDeleted }) => ({
      zohoId,
      fingerprint,
      version: version?.toISOString() ?? null,
      isDeleted,
    }));
    return digestOf(seen) === digest;
  }

  private tableOf(entity: string): string {
    return this.dataSource.driver.escape(this.dataSource.getMetadata(entity).tableName);
  }
}

function digestOf(rows: readonly SeenRow[]): string {
  const digest = createHash('sha256');
  const lines = rows.map(({ isDeleted, ...row }) => `${row.zohoId} ${row.fingerprint} ${row.version} ${isDeleted}\n`);
  for (const line of lines.toSorted()) digest.update(line);
  return digest.digest('hex');
}
