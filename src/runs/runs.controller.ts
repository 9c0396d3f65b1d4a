import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ListRunsEndpoint, ReadRunEndpoint } from '../openapi/runs-endpoint.decorator';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import { type RunDetails, RunReader, type RunView } from '../sync/history/run-reader';
import { RunsQuery } from './runs-query.dto';

/** What came, from whom, and what became of each record. */
@ApiTags('runs')
@Controller('v1/runs')
export class RunsController {
  constructor(private readonly runs: RunReader) {}

  @ListRunsEndpoint()
  list(@Tenant() tenantId: string, @Query() query: RunsQuery): Promise<PageOf<RunView>> {
    return this.runs.findPage(tenantId, query);
  }

  @ReadRunEndpoint()
  read(@Tenant() tenantId: string, @Param('run_id') runId: string): Promise<RunDetails> {
    return this.runs.findOne(tenantId, runId);
  }
}
