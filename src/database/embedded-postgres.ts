import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeLiteral } from 'pg';
import { type Cluster, openCluster, readPassword, SUPERUSER } from './embedded-cluster';
import { chooseHome } from './embedded-home';
import { type Claim, claimForThisProcess, isAlive, readClaim, withLock, writeClaim } from './embedded-lock';
import { failedWith, messageOf } from './embedded-process';
import { connect, halt, serve, urlOf } from './embedded-server';

/** A PostgreSQL of our own for development: binaries from npm, data in a folder. */
export interface EmbeddedPostgres {
  /** of the service's role, which is neither superuser nor BYPASSRLS and owns its database */
  readonly url: string;
  /** of the superuser, for test set-up only */
  readonly superuserUrl: string;
  /** where the cluster lives; may differ from the folder asked for */
  readonly directory: string;
  /** Leaves the server running when another living process owns it. */
  stop(): Promise<void>;
}

/** The role and its database have the same name. */
const SERVICE = 'zoho_moodle_sync';

/** Any number, as long as nothing else takes the same advisory lock in the database `postgres`. */
const PREPARATION_LOCK = 5_081_377_912;

/**
 * Starts the server, or attaches to the one that runs in the folder already: then as its guest, or as its owner if the
 * process that started it is gone. The settings are for a start only, and are never stored.
 */
export async function startEmbeddedPostgres(
  folder: string,
  say: (line: string) => void,
  settings: Record<string, string> = {},
): Promise<EmbeddedPostgres> {
  try {
    const home = await chooseHome(folder, say);
    return await withLock(lockOf(home), async () => start(await openCluster(home), settings));
  } catch (error) {
    throw new Error(`The embedded PostgreSQL in ${folder} could not be started: ${explain(error)}`, { cause: error });
  }
}

const lockOf = ({ directory }: { directory: string }): string => join(directory, 'lock');
const ownerOf = ({ directory }: { directory: string }): string => join(directory, 'owner');

/** Runs under the lock. */
async function start(cluster: Cluster, settings: Record<string, string>): Promise<EmbeddedPostgres> {
  const superuserPassword = await readPassword(cluster, 'superuser-password');
  const servicePassword = await readPassword(cluster, 'service-password');
  const self = await claimForThisProcess();
  const { port, started } = await serve(cluster, settings);
  if (started || !(await hasOtherOwner(cluster, self))) await writeClaim(ownerOf(cluster), self);
  const superuserUrl = urlOf(SUPERUSER, superuserPassword, port, 'postgres');
  try {
    await prepareDatabase(superuserUrl, servicePassword);
  } catch (error) {
    await release(cluster, self);
    throw error;
  }
  const url = urlOf(SERVICE, servicePassword, port, SERVICE);
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= leave(cluster, self));
  return { url, superuserUrl, directory: cluster.directory, stop };
}

async function hasOtherOwner(cluster: Cluster, self: Claim): Promise<boolean> {
  const owner = await readClaim(ownerOf(cluster));
  return owner !== undefined && owner.nonce !== self.nonce && (await isAlive(owner));
}

async function prepareDatabase(superuserUrl: string, password: string): Promise<void> {
  const client = await connect(superuserUrl);
  try {
    // Keeps the password out of the server's log.
    await client.query(
      "SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic'",
    );
    // The server ends a killed node's statement before it notices, so two sessions may be here at once.
    await client.query('SELECT pg_advisory_lock($1)', [PREPARATION_LOCK]);
    const role = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [SERVICE]);
    if (role.rowCount === 0) {
      await client.query(
        `CREATE ROLE ${SERVICE} LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD ${escapeLiteral(password)}`,
      );
    }
    const database = await client.query('SELECT FROM pg_database WHERE datname = $1', [SERVICE]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${SERVICE} OWNER ${SERVICE}`);
  } finally {
    await client.end();
  }
}

async function leave(cluster: Cluster, self: Claim): Promise<void> {
  try {
    await withLock(lockOf(cluster), () => release(cluster, self));
  } catch (error) {
    throw new Error(`The embedded PostgreSQL in ${cluster.directory} could not be stopped: ${explain(error)}`, {
      cause: error,
    });
  }
}

/** Runs under the lock. */
async function release(cluster: Cluster, self: Claim): Promise<void> {
  if (await hasOtherOwner(cluster, self)) return;
  await halt(cluster);
  await rm(ownerOf(cluster), { force: true });
}

/** For someone who has never seen a system's error code. */
function explain(error: unknown): string {
  const text = messageOf(error);
  if (failedWith(error, 'EACCES', 'EPERM', 'EROFS')) {
    return `this user may not use that folder or something in it (${text}). Choose another folder or set DATABASE_URL.`;
  }
  if (failedWith(error, 'EEXIST', 'ENOTDIR')) return `a file is where a folder should be (${text}).`;
  if (failedWith(error, 'ENOSPC')) return `the disk is full (${text}).`;
  return text;
}
