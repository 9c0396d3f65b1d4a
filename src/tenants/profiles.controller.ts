import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReadProfileEndpoint, TryProfileEndpoint, WriteProfileEndpoint } from '../openapi/profile-endpoint.decorator';
import { By, type Caller } from '../request/caller.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { Tenant } from '../request/tenant.decorator';
import type { TriedRecord } from '../sync/profile/profile-trial';
import { ProfileQuery } from './profile.dto';
import { ProfilesService, type ProfileView } from './profiles.service';

/** What tenants' Zoho calls things, and how it spells them. */
@ApiTags('profiles')
@Controller('v1/admin/tenants/:tenant_id/profile')
export class ProfilesController {
  constructor(private readonly profiles: ProfilesService) {}

  @ReadProfileEndpoint()
  read(@Tenant() tenantId: string, @Query() query: ProfileQuery): Promise<ProfileView> {
    return this.profiles.read(tenantId, query.version);
  }

  @WriteProfileEndpoint()
  write(@By() by: Caller, @JsonBody() profile: unknown): Promise<ProfileView> {
    return this.profiles.change(by.tenantId, by, profile);
  }

  @TryProfileEndpoint()
  try(@Tenant() tenantId: string, @JsonBody() request: unknown): Promise<{ records: TriedRecord[] }> {
    return this.profiles.try(tenantId, request);
  }
}
