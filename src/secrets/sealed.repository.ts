import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import type { SecretField } from './secret-field';

/** A secret as it is stored. */
export interface SealedSecret {
  readonly field: SecretField;
  readonly slot: number;
  readonly sealed: string;
}

/** A sealed text that is to take another's place. */
export interface Resealed extends SealedSecret {
  /** what it was read as */
  readonly former: string;
}

/** Sealed secrets, many at once; each method is one statement. */
@Injectable()
export class SealedRepository {
  /** The next so many, in the order of field and slot. @param after the last one that was seen; null at the beginning */
  async readPortion(
    db: TenantDb,
    tenantId: string,
    after: SealedSecret | null,
    limit: number,
  ): Promise<SealedSecret[]> {
    return db.query<SealedSecret[]>(
      `SELECT field, slot, sealed FROM tenant_secret
       WHERE tenant_id = $1 AND ($2::text IS NULL OR (field, slot) > ($2, $3::smallint))
       ORDER BY field, slot LIMIT $4`,
      [tenantId, after?.field ?? null, after?.slot ?? null, limit],
    );
  }

  /** As these are by now; what was removed meanwhile is not among them. */
  async readAgain(db: TenantDb, tenantId: string, secrets: readonly SealedSecret[]): Promise<SealedSecret[]> {
    return db.query<SealedSecret[]>(
      `SELECT field, slot, sealed FROM tenant_secret
       WHERE tenant_id = $1 AND (field, slot) IN (SELECT * FROM unnest($2::text[], $3::smallint[]))`,
      [tenantId, secrets.map(({ field }) => field), secrets.map(({ slot }) => slot)],
    );
  }

  /** Replaces those that are still what they were read as. @returns the others */
  async replace(db: TenantDb, tenantId: string, secrets: readonly Resealed[]): Promise<Resealed[]> {
    const replaced: { field: SecretField; slot: number }[] = await db.query(
      `UPDATE tenant_secret AS secret SET sealed = renewed.sealed
       FROM unnest($2::text[], $3::smallint[], $4::text[], $5::text[]) AS renewed (field, slot, former, sealed)
       WHERE secret.tenant_id = $1 AND secret.field = renewed.field AND secret.slot = renewed.slot
         AND secret.sealed = renewed.former
       RETURNING secret.field, secret.slot`,
      [
        tenantId,
        secrets.map(({ field }) => field),
        secrets.map(({ slot }) => slot),
        secrets.map(({ former }) => former),
        secrets.map(({ sealed }) => sealed),
      ],
    );
    const done = new Set(replaced.map(({ field, slot }) => `${field} ${slot}`));
    return secrets.filter(({ field, slot }) => !done.has(`${field} ${slot}`));
  }
}
