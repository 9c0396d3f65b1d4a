import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ListEndpoint, ReadEndpoint, SyncEndpoint } from '../../openapi/sync-endpoint.decorator';
import { PageQuery } from '../../request/page-query.dto';
import { Call } from '../../request/sync-call.decorator';
import { Tenant } from '../../request/tenant.decorator';
import type { Page, RowView } from '../../sync/row-reader';
import type { SyncCall } from '../../sync/sync-call';
import type { SyncAnswer } from '../../sync/sync-answer';
import { student } from './students.fields';
import { StudentsService } from './students.service';

@ApiTags(student.plural)
@Controller()
export class StudentsController {
  constructor(private readonly students: StudentsService) {}

  @SyncEndpoint(student)
  sync(@Call() call: SyncCall): Promise<SyncAnswer> {
    return this.students.sync(call);
  }

  @ListEndpoint(student)
  list(@Tenant() tenantId: string, @Query() query: PageQuery): Promise<Page> {
    return this.students.list(tenantId, query);
  }

  @ReadEndpoint(student)
  read(@Tenant() tenantId: string, @Param('zoho_id') zohoId: string): Promise<RowView> {
    return this.students.read(tenantId, zohoId);
  }
}
