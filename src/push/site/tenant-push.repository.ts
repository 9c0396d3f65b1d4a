import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import type { LayoutName } from '../wanted/moodle-settings';

/** Why nothing is pushed for a tenant. */
export interface Pause {
  readonly by: 'site' | 'person';
  readonly reason: string;
  readonly message: string;
  readonly since: Date;
  /** whether it is time to look whether the site works again */
  readonly isCheckDue: boolean;
}

/** By what everything of a tenant is planned. */
export interface PlanBasis {
  readonly layout: LayoutName;
  readonly profileVersion: number;
}

/** So long after a fault of the site it is looked whether that has passed. */
const CHECK_SECONDS = 60;

interface PauseLine {
  readonly paused_by: 'site' | 'person' | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly paused_at: Date;
  readonly is_check_due: boolean;
}

/** How the push stands for a tenant as a whole. */
@Injectable()
export class TenantPushRepository {
  /**
   * Remembers by what everything is planned.
   *
   * @param isFresh the profile was just read; what was remembered does not take the place of a newer one
   * @returns `new`: everything must be planned anew · `outdated`: it is planned by a newer profile already
   */
  async planBy(
    db: TenantDb,
    tenantId: string,
    { layout, profileVersion }: PlanBasis,
    isFresh: boolean,
  ): Promise<'new' | 'known' | 'outdated'> {
    const changed = await db.change(
      `INSERT INTO push_tenant AS known (tenant_id, layout, profile_version) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id) DO UPDATE SET layout = EXCLUDED.layout, profile_version = EXCLUDED.profile_version
         WHERE (known.layout <> EXCLUDED.layout OR known.profile_version <> EXCLUDED.profile_version)
           AND ($4 OR known.profile_version <= EXCLUDED.profile_version)`,
      [tenantId, layout, profileVersion, isFresh],
    );
    if (changed > 0) return 'new';
    return (await this.isStill(db, tenantId, { layout, profileVersion })) ? 'known' : 'outdated';
  }

  /**
   * Whether it is still planned so, and pushed there, and nobody has switched that off. Until the end of the transaction
   * that does not change: whoever changes it finds what was done, and can undo it.
   *
   * @param baseUrl only for what is to be pushed
   */
  async isStill(
    db: TenantDb,
    tenantId: string,
    { layout, profileVersion, baseUrl }: PlanBasis & { readonly baseUrl?: string },
  ): Promise<boolean> {
    const lines = await db.query<object[]>(
      `SELECT FROM push_tenant WHERE tenant_id = $1 AND layout = $2 AND profile_version = $3
         AND ($4::text IS NULL OR (base_url = $4 AND paused_by IS DISTINCT FROM 'person')) FOR SHARE`,
      [tenantId, layout, profileVersion, baseUrl ?? null],
    );
    return lines.length > 0;
  }

  /** Remembers which Moodle is pushed to. @returns whether it was another before */
  async pushTo(db: TenantDb, tenantId: string, baseUrl: string): Promise<boolean> {
    const [line]: { base_url: string | null }[] = await db.query(
      'SELECT base_url FROM push_tenant WHERE tenant_id = $1 FOR UPDATE',
      [tenantId],
    );
    if (line?.base_url === baseUrl) return false;
    await db.query('UPDATE push_tenant SET base_url = $2 WHERE tenant_id = $1', [tenantId, baseUrl]);
    return line !== undefined && line.base_url !== null;
  }

  /** Makes the tenant known, as one for which nothing is planned yet. */
  async ensure(db: TenantDb, tenantId: string, { layout, profileVersion }: PlanBasis): Promise<void> {
    await db.query(
      `INSERT INTO push_tenant (tenant_id, layout, profile_version) VALUES ($1, $2, $3) ON CONFLICT (tenant_id) DO NOTHING`,
      [tenantId, layout, profileVersion - 1],
    );
  }

  async findPause(db: TenantDb, tenantId: string): Promise<Pause | null> {
    const [line]: PauseLine[] = await db.query(
      `SELECT paused_by, reason, message, paused_at, next_check_at <= clock_timestamp() AS is_check_due
       FROM push_tenant WHERE tenant_id = $1 AND paused_by IS NOT NULL`,
      [tenantId],
    );
    if (!line?.paused_by) return null;
    const { paused_by: by, reason, message, paused_at: since, is_check_due: isCheckDue } = line;
    return { by, reason: reason ?? '', message: message ?? '', since, isCheckDue: isCheckDue && by === 'site' };
  }

  /** @returns whether it was not paused before: then somebody is to be told */
  async pause(db: TenantDb, tenantId: string, by: Pause['by'], reason: string, message: string): Promise<boolean> {
    const count = await db.change(
      `UPDATE push_tenant SET paused_by = $2, reason = $3, message = $4, paused_at = clock_timestamp(),
         next_check_at = clock_timestamp() + ${CHECK_SECONDS} * interval '1 second'
       WHERE tenant_id = $1 AND (paused_by IS NULL OR ($2 = 'person' AND paused_by = 'site'))`,
      [tenantId, by, reason, message],
    );
    return count > 0;
  }

  /** @param after only what has paused it so is over */
  async resume(db: TenantDb, tenantId: string, after: Pause['by'] | null = null): Promise<void> {
    await db.query(
      `UPDATE push_tenant SET paused_by = NULL, reason = NULL, message = NULL, paused_at = NULL, next_check_at = NULL
       WHERE tenant_id = $1 AND ($2::text IS NULL OR paused_by = $2)`,
      [tenantId, after],
    );
  }

  async checkLater(db: TenantDb, tenantId: string): Promise<void> {
    await db.query(
      `UPDATE push_tenant SET next_check_at = clock_timestamp() + ${CHECK_SECONDS} * interval '1 second' WHERE tenant_id = $1`,
      [tenantId],
    );
  }
}
