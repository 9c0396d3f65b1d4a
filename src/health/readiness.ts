import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../redis/redis-connection';
import { DatabaseProbe } from './database-probe';

type PartStatus = 'ok' | 'unavailable';

/** `degraded`: all requests are served, though not all comforts. */
type Status = PartStatus | 'degraded';

/** What the service needs to work, part by part. */
export interface Ready {
  readonly status: Status;
  /** `cache` only when Redis is configured */
  readonly parts: { readonly database: PartStatus; readonly cache?: PartStatus };
}

/** Whether the service can work. */
@Injectable()
export class Readiness {
  constructor(
    private readonly database: DatabaseProbe,
    private readonly redis: RedisConnection,
  ) {}

  async look(): Promise<Ready> {
    const [database, cache] = await Promise.all([this.database.answers(), this.redis.isReachable()]);
    const status = !database ? 'unavailable' : cache === false ? 'degraded' : 'ok';
    return { status, parts: { database: partOf(database), ...(cache !== null && { cache: partOf(cache) }) } };
  }
}

const partOf = (answers: boolean): PartStatus => (answers ? 'ok' : 'unavailable');
