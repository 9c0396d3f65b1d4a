import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  IgnorePushEndpoint,
  ListPushesEndpoint,
  RetryPushEndpoint,
  RetryPushesEndpoint,
} from '../openapi/pushes-endpoint.decorator';
import type { PushView } from '../push/targets/push-reader';
import { By, type Caller } from '../request/caller.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import { noteOf, PushesQuery, PushFilterQuery } from './pushes-query.dto';
import { PushesService } from './pushes.service';

/** How everything stands that is kept in Moodle. */
@ApiTags('pushes')
@Controller('v1/admin/pushes')
export class PushesController {
  constructor(private readonly pushes: PushesService) {}

  @ListPushesEndpoint()
  list(@Tenant() tenantId: string, @Query() query: PushesQuery): Promise<PageOf<PushView>> {
    return this.pushes.findPage(tenantId, query);
  }

  @RetryPushesEndpoint()
  retryAll(@By() by: Caller, @Query() query: PushFilterQuery): Promise<{ retried: number }> {
    return this.pushes.retryAll(by, query);
  }

  @RetryPushEndpoint()
  retry(@By() by: Caller, @Param('push_id') id: string): Promise<PushView> {
    return this.pushes.retry(by, id);
  }

  @IgnorePushEndpoint()
  ignore(@By() by: Caller, @Param('push_id') id: string, @JsonBody() body: unknown): Promise<PushView> {
    return this.pushes.ignore(by, id, noteOf(body));
  }
}
