import { Controller, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  ImportEndpoint,
  ListImportsEndpoint,
  ListRejectedEndpoint,
  ReadImportEndpoint,
} from '../openapi/import-endpoint.decorator';
import { By, type Caller } from '../request/caller.decorator';
import { CursorQuery } from '../request/page-query.dto';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import { ImportQuery } from './import-query.dto';
import { ImportReader, type ImportView } from './import-reader';
import type { ImportReport, RejectedRecord } from './import-report';
import { ImportRequests } from './import-requests';

/** Files of any length, and what became of them. */
@ApiTags('imports')
@Controller('v1')
export class ImportController {
  constructor(
    private readonly requests: ImportRequests,
    private readonly imports: ImportReader,
  ) {}

  @ImportEndpoint()
  take(
    @By() caller: Caller,
    @Param('entity') entity: string,
    @Query() query: ImportQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ImportReport> {
    return this.requests.take(caller, entity, query, request, response);
  }

  @ListImportsEndpoint()
  list(@Tenant() tenantId: string, @Query() query: CursorQuery): Promise<PageOf<ImportView>> {
    return this.imports.findPage(tenantId, query);
  }

  @ReadImportEndpoint()
  read(@Tenant() tenantId: string, @Param('import_id') importId: string): Promise<ImportView> {
    return this.imports.findOne(tenantId, importId);
  }

  @ListRejectedEndpoint()
  rejected(
    @Tenant() tenantId: string,
    @Param('import_id') importId: string,
    @Query() query: CursorQuery,
  ): Promise<PageOf<RejectedRecord>> {
    return this.imports.findRejected(tenantId, importId, query);
  }
}
