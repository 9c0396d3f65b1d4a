import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment';
import type { TenantDb } from '../database/tenant-db';
import { StoredTargets } from '../push/targets/stored-targets';
import { settingsOf } from '../push/wanted/moodle-settings';
import type { Scope } from '../push/wanted/push-source';
import { ProfileReader } from '../sync/profile/profile-reader';

/** How a tenant's rows are to be in Moodle, and whether all that has changed about them is planned. */
export interface PushScope extends Scope {
  readonly isPlanned: boolean;
}

@Injectable()
export class PushScopes {
  constructor(
    private readonly environment: Environment,
    private readonly profiles: ProfileReader,
    private readonly stored: StoredTargets,
  ) {}

  async of(db: TenantDb, tenantId: string): Promise<PushScope> {
    const { profile, version } = await this.profiles.read(tenantId);
    const settings = settingsOf(profile, this.environment);
    return { db, tenantId, settings, isPlanned: await this.stored.isPlanned(db, tenantId, settings.layout, version) };
  }
}
