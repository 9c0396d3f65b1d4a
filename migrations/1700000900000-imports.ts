import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from '../src/database/tenant-table';

/** Imports of whole files: how far each has come, so that it can be gone on with, and the ids that a full one has seen. */
export class Imports1700000900000 implements MigrationInterface {
  name = 'Imports1700000900000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE import (
        tenant_id text NOT NULL, id uuid NOT NULL, entity text NOT NULL, key text NOT NULL, state text NOT NULL,
        is_full boolean NOT NULL, portions integer NOT NULL DEFAULT 0, summary jsonb NOT NULL, rejected integer NOT NULL,
        without_id integer NOT NULL, released integer NOT NULL, missing jsonb,
        started_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, finished_at timestamptz,
        CONSTRAINT import_pkey PRIMARY KEY (tenant_id, id)
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX import_tenant_id_key_idx ON import (tenant_id, key) WHERE state = 'running'`,
    );
    await runner.query(`
      CREATE TABLE import_portion (
        tenant_id text NOT NULL, import_id uuid NOT NULL, number integer NOT NULL, digest text NOT NULL,
        without_id integer NOT NULL, summary jsonb NOT NULL, run_id uuid NOT NULL,
        CONSTRAINT import_portion_pkey PRIMARY KEY (tenant_id, import_id, number)
      )`);
    await runner.query(`
      CREATE TABLE import_seen (
        tenant_id text NOT NULL, import_id uuid NOT NULL, zoho_id text NOT NULL,
        CONSTRAINT import_seen_pkey PRIMARY KEY (tenant_id, import_id, zoho_id)
      )`);
    for (const table of TABLES) await protectTenantTable(runner, table);
    await runner.query('ALTER TABLE run ADD COLUMN import_id uuid');
    await runner.query('CREATE INDEX run_tenant_id_import_id_id_idx ON run (tenant_id, import_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE run DROP COLUMN import_id');
    for (const table of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = ['import', 'import_portion', 'import_seen'] as const;
