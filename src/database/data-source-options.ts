import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { PostgresNamingStrategy } from './naming-strategy';

interface PoolSettings {
  applicationName?: string;
  poolSize?: number;
}

/**
 * Connection settings shared by the service, the migrations and the tests.
 * Time-outs are in milliseconds: a lost database is an answer of 503, never a request that hangs.
 */
export function dataSourceOptions(
  url: string,
  { applicationName, poolSize }: PoolSettings = {},
): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url,
    synchronize: false,
    namingStrategy: new PostgresNamingStrategy(),
    logging: false,
    installExtensions: false,
    ...(applicationName && { applicationName }),
    ...(poolSize && { poolSize }),
    extra: {
      connectionTimeoutMillis: 10_000,
      statement_timeout: 60_000,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  };
}
