import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ListEndpoint, ReadEndpoint, SyncEndpoint } from '../../openapi/sync-endpoint.decorator';
import { PageQuery } from '../../request/page-query.dto';
import { Call } from '../../request/sync-call.decorator';
import { Tenant } from '../../request/tenant.decorator';
import type { Page, RowView } from '../../sync/row-reader';
import type { SyncCall } from '../../sync/sync-call';
import type { SyncAnswer } from '../../sync/sync-answer';
import { program } from './programs.fields';
import { ProgramsService } from './programs.service';

@ApiTags(program.plural)
@Controller()
export class ProgramsController {
  constructor(private readonly programs: ProgramsService) {}

  @SyncEndpoint(program)
  sync(@Call() call: SyncCall): Promise<SyncAnswer> {
    return this.programs.sync(call);
  }

  @ListEndpoint(program)
  list(@Tenant() tenantId: string, @Query() query: PageQuery): Promise<Page> {
    return this.programs.list(tenantId, query);
  }

  @ReadEndpoint(program)
  read(@Tenant() tenantId: string, @Param('zoho_id') zohoId: string): Promise<RowView> {
    return this.programs.read(tenantId, zohoId);
  }
}
