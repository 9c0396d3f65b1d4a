import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/audit-log';
import { checkProfile } from '../sync/profile/check-profile';
import { EntityRegistry } from '../sync/entity-registry';
import type { Profile } from '../sync/profile/profile';
import { ProfileReader } from '../sync/profile/profile-reader';
import { ProfileRepository } from '../sync/profile/profile-repository';
import { ProfileTrial, type TriedRecord } from '../sync/profile/profile-trial';
import { RecordNotFound } from '../sync/record-not-found';

/** A tenant's profile as the admin routes answer it. */
export interface ProfileView {
  readonly tenant_id: string;
  /** counts from 1; 0 for a tenant without a profile of its own, for whom the default counts */
  readonly version: number;
  readonly profile: Profile;
  readonly created_at: string | null;
}

/** A payload to be tried, by the tenant's own profile or by another. */
export interface TrialRequest {
  /** as in the routes: `students` */
  readonly entity: string;
  readonly payload: unknown;
  readonly profile?: unknown;
}

/** Reads, changes and tries tenants' profiles. */
@Injectable()
export class ProfilesService {
  constructor(
    private readonly reader: ProfileReader,
    private readonly profiles: ProfileRepository,
    private readonly entities: EntityRegistry,
    private readonly trial: ProfileTrial,
  ) {}

  /** The newest, or the one of this version. @throws RecordNotFound */
  async read(tenantId: string, version?: number): Promise<ProfileView> {
    const stored = await this.profiles.find(tenantId, version);
    if (stored)
      return {
        tenant_id: tenantId,
        version: stored.version,
        profile: stored.profile,
        created_at: stored.createdAt.toISOString(),
      };
    if (version !== undefined) throw new RecordNotFound(`There is no version ${version} of this profile`);
    return { tenant_id: tenantId, version: 0, profile: this.reader.defaultProfile, created_at: null };
  }

  /** @throws InvalidProfile */
  async change(tenantId: string, by: Actor, raw: unknown): Promise<ProfileView> {
    const stored = await this.profiles.add(tenantId, by, checkProfile(raw, this.entities));
    this.reader.forget(tenantId);
    return {
      tenant_id: tenantId,
      version: stored.version,
      profile: stored.profile,
      created_at: stored.createdAt.toISOString(),
    };
  }

  /** @throws InvalidProfile, EnvelopeError, RecordNotFound */
  async try(tenantId: string, { entity, payload, profile }: TrialRequest): Promise<{ records: TriedRecord[] }> {
    const tried =
      profile === undefined ? (await this.reader.read(tenantId)).profile : checkProfile(profile, this.entities);
    return { records: this.trial.try(tried, entity, payload) };
  }
}
