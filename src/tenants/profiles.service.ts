import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../audit/audit-log';
import { checkedBody } from '../request/checked-body';
import { ROUTE_NAME } from '../request/page-query.dto';
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
const trialBody = z.strictObject({
  entity: z.string().regex(ROUTE_NAME, 'must be named as in the routes, such as students'),
  payload: z.unknown().refine((payload) => payload !== undefined, 'is required'),
  profile: z.unknown().optional(),
});

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

  /** @throws Problem when the body has mistakes; InvalidProfile, EnvelopeError, RecordNotFound */
  async try(tenantId: string, body: unknown): Promise<{ records: TriedRecord[] }> {
    const { entity, payload, profile } = checkedBody(trialBody, body);
    const tried =
      profile === undefined ? (await this.reader.read(tenantId)).profile : checkProfile(profile, this.entities);
    return { records: this.trial.try(tried, entity, payload) };
  }
}
