import { Socket } from 'node:net';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { PostgresNamingStrategy } from './naming-strategy';

interface PoolSettings {
  applicationName?: string;
  poolSize?: number;
  /** for a statement */
  timeoutSeconds?: number;
}

/** The server ends a statement that takes too long, and tells. One that does not even do that has gone, or the network has. */
const SILENCE_BESIDE_MS = 3_000;

/** Rows are found by a key, and plans of such statements are kept (see `TenantDb.keyed`). */
const PLANS = ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_bitmapscan=off', 'jit=off'];

/**
 * Connection settings shared by the service, the migrations and the tests.
 * Time-outs are in milliseconds: a lost database is an answer of 503, never a request that hangs.
 */
export function dataSourceOptions(
  url: string,
  { applicationName, poolSize, timeoutSeconds = 60 }: PoolSettings = {},
): PostgresDataSourceOptions {
  const timeout = timeoutSeconds * 1_000;
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
      // Statements that do not wait for one another travel together.
      pipeline: true,
      options: PLANS.map((setting) => `-c ${setting}`).join(' '),
      connectionTimeoutMillis: 10_000,
      statement_timeout: timeout,
      lock_timeout: 10_000,
      idle_in_transaction_session_timeout: 60_000,
      stream: () => socketThatGivesUp(timeout + SILENCE_BESIDE_MS),
    },
  };
}

/** When packets are dropped in silence, the system itself would wait for a quarter of an hour. */
function socketThatGivesUp(milliseconds: number): Socket {
  const socket = new Socket();
  return socket.setTimeout(milliseconds, () => socket.destroy());
}
