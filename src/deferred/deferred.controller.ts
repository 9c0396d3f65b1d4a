import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DiscardDeferredEndpoint,
  ListDeferredEndpoint,
  RetryDeferredEndpoint,
} from '../openapi/deferred-endpoint.decorator';
import { By, type Caller } from '../request/caller.decorator';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import { DeferredReader, type DeferredView } from '../sync/deferral/deferred-reader';
import { DeferredQuery } from './deferred-query.dto';
import { RetryService, type Retried } from './retry.service';

/** Records that wait for another, failed to be stored, or have waited for too long. */
@ApiTags('deferred')
@Controller('v1/deferred')
export class DeferredController {
  constructor(
    private readonly deferred: DeferredReader,
    private readonly retries: RetryService,
  ) {}

  @ListDeferredEndpoint()
  list(@Tenant() tenantId: string, @Query() query: DeferredQuery): Promise<PageOf<DeferredView>> {
    return this.deferred.findPage(tenantId, query);
  }

  @DiscardDeferredEndpoint()
  discard(@By() by: Caller, @Param('entity') entity: string, @Param('zoho_id') id: string): Promise<void> {
    return this.deferred.discard(by.tenantId, by, entity, id);
  }

  @RetryDeferredEndpoint()
  retry(@By() caller: Caller, @Param('entity') entity: string, @Param('zoho_id') id: string): Promise<Retried> {
    return this.retries.retry(caller, entity, id);
  }
}
