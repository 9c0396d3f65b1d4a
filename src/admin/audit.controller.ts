import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { type Act, ACTS } from '../audit/audit-log';
import { ListAuditEndpoint } from '../openapi/audit-endpoint.decorator';
import { By, type Caller } from '../request/caller.decorator';
import { ToYesOrNo } from '../request/dry-run';
import { CursorQuery } from '../request/page-query.dto';
import type { PageOf } from '../sync/cursor';
import { AuditService, type AuditView } from './audit.service';

/** The query of the audit log. */
class AuditQuery extends CursorQuery {
  /** Acts of this kind alone. */
  @IsOptional()
  @IsIn(ACTS)
  act?: Act;

  /** What concerns the service as a whole, rather than a tenant. */
  @ToYesOrNo()
  @IsBoolean()
  service = false;
}

/** Who has changed what. */
@ApiTags('audit')
@Controller('v1/admin/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @ListAuditEndpoint()
  list(@By() by: Caller, @Query() query: AuditQuery): Promise<PageOf<AuditView>> {
    return this.audit.findPage(by, query);
  }
}
