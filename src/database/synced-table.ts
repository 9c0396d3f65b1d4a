import type { QueryRunner } from 'typeorm';
import { protectTenantTable } from './tenant-table';

const SYNCED_COLUMNS = `
  tenant_id text NOT NULL,
  id uuid NOT NULL,
  zoho_id text NOT NULL,
  fingerprint text NOT NULL,
  version timestamptz,
  last_sync timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  custom jsonb`;

/** For migrations: an entity's table, with the columns that every one has beside its own. */
export async function createSyncedTable(runner: QueryRunner, table: string, columns: string): Promise<void> {
  await runner.query(`
    CREATE TABLE ${table} (${SYNCED_COLUMNS}, ${columns},
      CONSTRAINT ${table}_pkey PRIMARY KEY (tenant_id, id),
      CONSTRAINT ${table}_tenant_id_zoho_id_key UNIQUE (tenant_id, zoho_id)
    )`);
  await runner.query(`CREATE INDEX ${table}_tenant_id_updated_at_idx ON ${table} (tenant_id, updated_at)`);
  await protectTenantTable(runner, table);
}
