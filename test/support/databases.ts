import { Client, type QueryResultRow } from 'pg';
import { eventually } from './eventually';

export const TEMPLATE_DATABASE = 'test_template';

export const databaseOfWorker = (worker: number | string): string => `test_${worker}`;

/** The service's own role on the test server, in another database. */
export function urlOfDatabase(database: string, role: 'service' | 'superuser' = 'service'): string {
  const url = new URL(process.env[role === 'service' ? 'TEST_SERVER_URL' : 'TEST_SUPERUSER_URL'] ?? '');
  url.pathname = `/${database}`;
  return url.href;
}

/** This worker's copy of the migrated template. */
export const workerDatabaseUrl = (role: 'service' | 'superuser' = 'service'): string =>
  urlOfDatabase(databaseOfWorker(process.env['JEST_WORKER_ID'] ?? '1'), role);

/** Asks the database past every policy, as a superuser. */
export async function ask<R extends QueryResultRow>(
  sql: string,
  parameters: unknown[] = [],
  url = workerDatabaseUrl('superuser'),
): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** Holds what the statement locks, as another transaction would, until the work is done. */
export async function whileLocked<T>(
  sql: string,
  parameters: unknown[],
  work: () => Promise<T>,
  url = workerDatabaseUrl('superuser'),
): Promise<T> {
  const holder = new Client({ connectionString: url });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(sql, parameters);
    return await work();
  } finally {
    await holder.end();
  }
}

/** Waits until so many of the service's statements stand before locks of others. */
export const untilBlocked = (statements: number, url = workerDatabaseUrl('superuser')): Promise<void> =>
  eventually(async () =>
    expect(
      await ask(
        `SELECT count(*)::int AS blocked FROM pg_stat_activity
         WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
        [],
        url,
      ),
    ).toEqual([{ blocked: statements }]),
  );

/** A database of one's own, until it is dropped. */
export interface OwnDatabase {
  readonly url: string;
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

export async function createOwnDatabase(name: string, template = TEMPLATE_DATABASE): Promise<OwnDatabase> {
  const own = `${name}_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const owner = decodeURIComponent(new URL(process.env['TEST_SERVER_URL'] ?? '').username);
  const admin = process.env['TEST_SUPERUSER_URL'] ?? '';
  const drop = async (): Promise<void> => void (await ask(`DROP DATABASE IF EXISTS ${own} WITH (FORCE)`, [], admin));
  await drop();
  await ask(`CREATE DATABASE ${own} TEMPLATE ${template} OWNER "${owner}"`, [], admin);
  return { url: urlOfDatabase(own), superuserUrl: urlOfDatabase(own, 'superuser'), drop };
}

/** A database of its own, for tests that change the schema. */
export async function withOwnDatabase<T>(
  name: string,
  work: (url: string, superuserUrl: string) => Promise<T>,
  template = TEMPLATE_DATABASE,
): Promise<T> {
  const database = await createOwnDatabase(name, template);
  try {
    return await work(database.url, database.superuserUrl);
  } finally {
    await database.drop();
  }
}
