import { resolve } from 'node:path';
import type { Environment } from '../config/environment';
import { startEmbeddedPostgres } from './embedded-postgres';
import { migrate } from './migrate';

/** A migrated database that the service may connect to. */
export interface OpenDatabase {
  readonly url: string;
  /** Stops the embedded server; leaves any other alone. */
  readonly close: () => Promise<void>;
}

/** The server that DATABASE_URL names, else an embedded one; either way with the schema up to date. */
export async function openDatabase(environment: Environment, say: (line: string) => void): Promise<OpenDatabase> {
  const { url, close } = await findServer(environment, say);
  try {
    const applied = await migrate(environment.MIGRATION_DATABASE_URL ?? url, url);
    for (const name of applied) say(`Migrated: ${name}`);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findServer(
  { DATABASE_URL, DATA_DIRECTORY }: Environment,
  say: (line: string) => void,
): Promise<OpenDatabase> {
  if (DATABASE_URL) return { url: DATABASE_URL, close: () => Promise.resolve() };
  const server = await startEmbeddedPostgres(resolve(DATA_DIRECTORY), say);
  say(`PostgreSQL is embedded; its data is in ${server.directory}. Set DATABASE_URL to use a server of your own`);
  return { url: server.url, close: () => server.stop() };
}
