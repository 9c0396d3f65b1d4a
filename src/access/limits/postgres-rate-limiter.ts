import { Logger } from '@nestjs/common';
import type { Pool, QueryResult } from 'pg';
import { type IRateLimiterPostgresOptions, RateLimiterPostgres } from 'rate-limiter-flexible';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../database/pool-of';
import { describeError } from '../../logging/describe-error';

const TABLE = 'request_rate';
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const HOUR_MS = 3_600_000;

type Options = Pick<
  IRateLimiterPostgresOptions,
  'points' | 'duration' | 'keyPrefix' | 'inMemoryBlockOnConsumed' | 'clearExpiredByTimeout'
>;

/**
 * Minutes begin and end by the database's clock. The library times them by that of the process, so that one whose clock is
 * an hour ahead leaves the others a minute that does not end for an hour, and ends theirs before its time.
 */
export class PostgresRateLimiter extends RateLimiterPostgres {
  private readonly log = new Logger(PostgresRateLimiter.name);
  private readonly pool: Pool;

  constructor(dataSource: DataSource, options: Options) {
    super({ ...options, storeClient: dataSource, storeType: 'typeorm', tableName: TABLE, tableCreated: true });
    this.pool = poolOf(dataSource);
  }

  /** @returns `points`, and `expire` by the clock of this process, as the library reads it */
  _upsert(key: string, points: number, msDuration: number): Promise<QueryResult> {
    return this.pool.query({
      name: 'count-requests',
      text: `INSERT INTO ${TABLE} AS rate (key, points, expire) VALUES ($1, $2, ${NOW} + $3)
        ON CONFLICT (key) DO UPDATE SET
          points = CASE WHEN rate.expire <= ${NOW} THEN 0 ELSE rate.points END + EXCLUDED.points,
          expire = CASE WHEN rate.expire <= ${NOW} THEN EXCLUDED.expire ELSE rate.expire END
        RETURNING points, expire - ${NOW} + $4 AS expire`,
      values: [key, points, msDuration, Date.now()],
    });
  }

  /** Takes away what has ended an hour ago. Nothing needs that, and the library goes on when it is done. */
  async clearExpired(): Promise<void> {
    try {
      await this.pool.query(`DELETE FROM ${TABLE} WHERE expire < ${NOW} - ${HOUR_MS}`);
    } catch (error) {
      this.log.warn(`Rates that have ended could not be taken away: ${describeError(error)}`);
    }
  }
}
