import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ReadProfileEndpoint, TryProfileEndpoint, WriteProfileEndpoint } from '../openapi/profile-endpoint.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { TenantInPath } from '../request/tenant.decorator';
import type { TriedRecord } from '../sync/profile/profile-trial';
import { ProfileQuery, TrialDto } from './profile.dto';
import { ProfilesService, type ProfileView } from './profiles.service';

/** What tenants' Zoho calls things, and how it spells them. */
@ApiTags('profiles')
@Controller('v1/admin/tenants/:tenant_id/profile')
export class ProfilesController {
  constructor(private readonly profiles: ProfilesService) {}

  @ReadProfileEndpoint()
  read(@TenantInPath() tenantId: string, @Query() query: ProfileQuery): Promise<ProfileView> {
    return this.profiles.read(tenantId, query.version);
  }

  @WriteProfileEndpoint()
  write(@TenantInPath() tenantId: string, @JsonBody() profile: unknown): Promise<ProfileView> {
    return this.profiles.change(tenantId, profile);
  }

  @TryProfileEndpoint()
  try(@TenantInPath() tenantId: string, @JsonBody() request: TrialDto): Promise<{ records: TriedRecord[] }> {
    return this.profiles.try(tenantId, request);
  }
}
