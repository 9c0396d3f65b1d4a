import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { type Actor, AuditLog } from '../../audit/audit-log';
import { TenantTransaction } from '../../database/tenant-transaction';
import { DeferredRepository } from '../deferral/deferred.repository';
import type { Profile } from './profile';

/** A tenant's profile as it is stored. */
export interface StoredProfile {
  /** counts from 1 */
  readonly version: number;
  readonly profile: Profile;
  readonly createdAt: Date;
}

interface ProfileLine {
  readonly version: number;
  readonly profile: Profile;
  readonly created_at: Date;
}

/** The versions of tenants' profiles. */
@Injectable()
export class ProfileRepository {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly deferred: DeferredRepository,
    private readonly audit: AuditLog,
  ) {}

  /** The newest, or the one of this version; null when there is none. */
  async find(tenantId: string, version?: number): Promise<StoredProfile | null> {
    return this.transaction.run(tenantId, (db) => this.findWithin(db, tenantId, version));
  }

  async findWithin(db: TenantDb, tenantId: string, version?: number): Promise<StoredProfile | null> {
    const [line] = await db.query<ProfileLine[]>(
      `SELECT version, profile, created_at FROM tenant_profile
       WHERE tenant_id = $1 AND ($2::integer IS NULL OR version = $2) ORDER BY version DESC LIMIT 1`,
      [tenantId, version ?? null],
    );
    return line ? toStored(line) : null;
  }

  /** Adds a version. Of two that are added at once, the one that comes second is the newest. What waits may wait no longer by it. */
  add(tenantId: string, by: Actor, profile: Profile): Promise<StoredProfile> {
    return this.transaction.run(tenantId, (db) => this.addWithin(db, tenantId, by, profile));
  }

  /** The same in a transaction that changes more. */
  async addWithin(db: TenantDb, tenantId: string, by: Actor, profile: Profile): Promise<StoredProfile> {
    await db.query("SELECT pg_advisory_xact_lock(hashtextextended('tenant_profile ' || $1, 0))", [tenantId]);
    const [line]: ProfileLine[] = await db.query(
      `INSERT INTO tenant_profile (tenant_id, version, profile)
         SELECT $1, coalesce(max(version), 0) + 1, $2 FROM tenant_profile WHERE tenant_id = $1
         RETURNING version, profile, created_at`,
      [tenantId, JSON.stringify(profile)],
    );
    if (!line) throw new Error('A profile was not stored');
    await this.deferred.lookAgain(db, tenantId);
    const { version } = line;
    const before = version > 1 ? { version: version - 1 } : null;
    await this.audit.write(db, tenantId, by, {
      act: 'profile.changed',
      subject: 'profile',
      before,
      after: { version },
    });
    return toStored(line);
  }
}

const toStored = ({ version, profile, created_at: createdAt }: ProfileLine): StoredProfile => ({
  version,
  profile,
  createdAt,
});
