import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { DataSource } from 'typeorm';
import { prepareQueue } from './queue-schema';
import { dataSourceOptions } from './data-source-options';
import { sqlState } from './database-errors';
import { APPLICATION_ROLE } from './tenant-table';

/** Any number, as long as no other program takes the same advisory lock in the same database. */
const MIGRATION_LOCK = 7_305_201_642;

const CONNECT_TIMEOUT_MS = 10_000;
const INSUFFICIENT_PRIVILEGE = '42501';

export const MIGRATION_FILES = join(__dirname, '../../migrations/*.{js,ts}');

/**
 * Brings the schema up to date. Processes that start together wait for each other.
 *
 * @param ownerUrl connects as the role that owns the tables
 * @param serviceUrl connects as the role of the service, which is let act as the application's role
 * @returns the names of the migrations that were applied
 */
export async function migrate(ownerUrl: string, serviceUrl: string): Promise<string[]> {
  const lock = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  const dataSource = new DataSource({ ...dataSourceOptions(ownerUrl), migrations: [MIGRATION_FILES], extra: {} });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.initialize();
    const applied = await dataSource.runMigrations({ transaction: 'each' });
    await prepareQueue(ownerUrl, lock, APPLICATION_ROLE);
    await admitService(lock, new URL(serviceUrl).username);
    await checkService(serviceUrl);
    return applied.map(({ name }) => name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await lock.end();
  }
}

/** Lets the service's login role act as the application's role, when it is another than the tables' owner. */
async function admitService(owner: Client, encodedLogin: string): Promise<void> {
  const login = decodeURIComponent(encodedLogin);
  const { rows } = await owner.query<{ other: boolean }>(`SELECT $1 NOT IN ('', current_user) AS other`, [login]);
  if (rows[0]?.other) await owner.query(`GRANT ${APPLICATION_ROLE} TO ${escapeIdentifier(login)}`);
}

/** A role that could bypass row-level security would make every policy a decoration, so it is tried before the first request. */
async function checkService(serviceUrl: string): Promise<void> {
  const service = new Client({ connectionString: serviceUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await service.connect();
  try {
    await service.query(`SET ROLE ${APPLICATION_ROLE}`);
    const { rows } = await service.query<{ unsafe: boolean }>(
      'SELECT rolsuper OR rolbypassrls AS unsafe FROM pg_roles WHERE rolname = current_user',
    );
    if (rows[0]?.unsafe)
      throw new Error(
        `The role ${APPLICATION_ROLE} may bypass row-level security. ALTER ROLE ${APPLICATION_ROLE} NOSUPERUSER NOBYPASSRLS`,
      );
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(
      `The user of DATABASE_URL may not act as ${APPLICATION_ROLE}. As an administrator: GRANT ${APPLICATION_ROLE} TO that user`,
      { cause: error },
    );
  } finally {
    await service.end();
  }
}
