import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../redis/redis-connection';
import { DatabaseProbe } from './database-probe';
import { Departure } from './departure';

type PartStatus = 'ok' | 'unavailable';

/** `degraded`: all requests are served, though not all comforts. `stopping`: they are, and shall go elsewhere. */
type Status = PartStatus | 'degraded' | 'stopping';

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
    private readonly departure: Departure,
  ) {}

  async look(): Promise<Ready> {
    const [database, cache] = await Promise.all([this.database.answers(), this.redis.isReachable()]);
    const able = !database ? 'unavailable' : cache === false ? 'degraded' : 'ok';
    const status = this.departure.hasBegun ? 'stopping' : able;
    return { status, parts: { database: partOf(database), ...(cache !== null && { cache: partOf(cache) }) } };
  }
}

/** Whoever sends requests to several processes leaves out those that do not answer 200. */
export const httpStatusOf = ({ status }: Ready): 200 | 503 =>
  status === 'unavailable' || status === 'stopping' ? 503 : 200;

const partOf = (answers: boolean): PartStatus => (answers ? 'ok' : 'unavailable');
