import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AliveEndpoint, ReadyEndpoint } from '../openapi/health-endpoint.decorator';
import { RedisConnection } from '../redis/redis-connection';
import { DatabaseProbe } from './database-probe';

type PartStatus = 'ok' | 'unavailable';

/** `degraded`: all requests are served, though not all comforts. */
type Status = PartStatus | 'degraded';

/** What the service needs to work, part by part. */
interface Readiness {
  readonly status: Status;
  /** `cache` only when Redis is configured */
  readonly parts: { readonly database: PartStatus; readonly cache?: PartStatus };
}

const partOf = (answers: boolean): PartStatus => (answers ? 'ok' : 'unavailable');

@ApiTags('health')
@Controller('v1/health')
export class HealthController {
  constructor(
    private readonly database: DatabaseProbe,
    private readonly redis: RedisConnection,
  ) {}

  @AliveEndpoint()
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @ReadyEndpoint()
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const [database, cache] = await Promise.all([this.database.answers(), this.redis.isReachable()]);
    response.status(database ? 200 : 503);
    const status = !database ? 'unavailable' : cache === false ? 'degraded' : 'ok';
    return { status, parts: { database: partOf(database), ...(cache !== null && { cache: partOf(cache) }) } };
  }
}
