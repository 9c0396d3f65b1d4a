import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApproveHoldEndpoint, ListHoldsEndpoint, RejectHoldEndpoint } from '../openapi/holds-endpoint.decorator';
import type { HoldView } from '../push/brake/hold-reader';
import { By, type Caller } from '../request/caller.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import { HoldsService } from './holds.service';
import { HoldsQuery, noteOf } from './pushes-query.dto';

/** Suspensions that were too many at once. */
@ApiTags('pushes')
@Controller('v1/admin/holds')
export class HoldsController {
  constructor(private readonly holds: HoldsService) {}

  @ListHoldsEndpoint()
  list(@Tenant() tenantId: string, @Query() query: HoldsQuery): Promise<PageOf<HoldView>> {
    return this.holds.findPage(tenantId, query);
  }

  @ApproveHoldEndpoint()
  approve(@By() by: Caller, @Param('hold_id') id: string, @JsonBody() body: unknown): Promise<HoldView> {
    return this.holds.approve(by, id, noteOf(body));
  }

  @RejectHoldEndpoint()
  reject(@By() by: Caller, @Param('hold_id') id: string, @JsonBody() body: unknown): Promise<HoldView> {
    return this.holds.reject(by, id, noteOf(body));
  }
}
