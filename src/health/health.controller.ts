import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { DatabaseProbe } from './database-probe';

type PartStatus = 'ok' | 'unavailable';

/** What the service needs to work, part by part. */
interface Readiness {
  readonly status: PartStatus;
  readonly parts: { readonly database: PartStatus };
}

@ApiTags('health')
@Controller('v1/health')
export class HealthController {
  constructor(private readonly database: DatabaseProbe) {}

  @Get()
  @ApiOperation({ summary: 'Whether the process is alive' })
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether the service can work, part by part; 503 without the database' })
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const database: PartStatus = (await this.database.answers()) ? 'ok' : 'unavailable';
    response.status(database === 'ok' ? 200 : 503);
    return { status: database, parts: { database } };
  }
}
