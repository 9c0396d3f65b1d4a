import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  ChangeTenantEndpoint,
  CreateWebhookSecretEndpoint,
  ListTenantsEndpoint,
  ReadTenantEndpoint,
  RegisterTenantEndpoint,
  RevokeWebhookSecretEndpoint,
} from '../openapi/tenants-endpoint.decorator';
import type { MadeSecret } from '../access/signatures/webhook-secrets';
import { type Administrator, By, ByAdministrator, type Caller } from '../request/caller.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { CursorQuery } from '../request/page-query.dto';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import { TenantsService, type TenantSummary, type TenantView } from './tenants.service';
import { WebhookSecretsService } from './webhook-secrets.service';

/** Who is served, and how. */
@ApiTags('tenants')
@Controller('v1/admin/tenants')
export class TenantsController {
  constructor(
    private readonly tenants: TenantsService,
    private readonly secrets: WebhookSecretsService,
  ) {}

  @ListTenantsEndpoint()
  list(@ByAdministrator() by: Administrator, @Query() query: CursorQuery): Promise<PageOf<TenantSummary>> {
    return this.tenants.findPage(by, query);
  }

  @RegisterTenantEndpoint()
  register(@ByAdministrator() by: Administrator, @JsonBody() body: unknown): Promise<TenantView> {
    return this.tenants.register(by, body);
  }

  @ReadTenantEndpoint()
  read(@Tenant() tenantId: string): Promise<TenantView> {
    return this.tenants.read(tenantId);
  }

  @ChangeTenantEndpoint()
  change(
    @Tenant() tenantId: string,
    @ByAdministrator() by: Administrator,
    @JsonBody() body: unknown,
  ): Promise<TenantView> {
    return this.tenants.change(tenantId, by, body);
  }

  @CreateWebhookSecretEndpoint()
  createSecret(@By() by: Caller): Promise<MadeSecret> {
    return this.secrets.create(by);
  }

  @RevokeWebhookSecretEndpoint()
  revokeSecret(@By() by: Caller, @Param('slot') slot: string): Promise<void> {
    return this.secrets.revoke(by, slot);
  }
}
