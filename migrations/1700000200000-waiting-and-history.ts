import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLICATION_ROLE, protectTenantTable } from '../src/database/tenant-table';

export class WaitingAndHistory1700000200000 implements MigrationInterface {
  name = 'WaitingAndHistory1700000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deferred_record (
        tenant_id text NOT NULL, entity text NOT NULL, zoho_id text NOT NULL, state text NOT NULL,
        carried jsonb NOT NULL, version timestamptz, missing jsonb NOT NULL, errors jsonb, run_id uuid NOT NULL,
        since timestamptz NOT NULL, updated_at timestamptz NOT NULL, attempts integer NOT NULL, next_try_at timestamptz,
        CONSTRAINT deferred_record_pkey PRIMARY KEY (tenant_id, entity, zoho_id)
      )`);
    await runner.query(
      'CREATE INDEX deferred_record_tenant_id_state_since_idx ON deferred_record (tenant_id, state, since)',
    );
    await runner.query(`
      CREATE TABLE deferred_parent (
        tenant_id text NOT NULL, parent_entity text NOT NULL, parent_zoho_id text NOT NULL,
        entity text NOT NULL, zoho_id text NOT NULL,
        CONSTRAINT deferred_parent_pkey PRIMARY KEY (tenant_id, parent_entity, parent_zoho_id, entity, zoho_id)
      )`);
    await runner.query(
      'CREATE INDEX deferred_parent_tenant_id_entity_zoho_id_idx ON deferred_parent (tenant_id, entity, zoho_id)',
    );
    await runner.query(`
      CREATE TABLE change_record (
        tenant_id text NOT NULL, entity text NOT NULL, zoho_id text NOT NULL, id uuid NOT NULL, status text NOT NULL,
        changes jsonb NOT NULL, version timestamptz, run_id uuid NOT NULL, waited_since_run_id uuid,
        recorded_at timestamptz NOT NULL,
        CONSTRAINT change_record_pkey PRIMARY KEY (tenant_id, entity, zoho_id, id)
      )`);
    await runner.query(
      'CREATE INDEX change_record_tenant_id_recorded_at_idx ON change_record (tenant_id, recorded_at)',
    );
    await runner.query('CREATE INDEX change_record_tenant_id_run_id_idx ON change_record (tenant_id, run_id)');
    await runner.query(`
      CREATE TABLE run (
        tenant_id text NOT NULL, id uuid NOT NULL, kind text NOT NULL, entity text,
        received_at timestamptz NOT NULL, request_id text, idempotency_key text, source text,
        summary jsonb NOT NULL, results jsonb NOT NULL, released integer NOT NULL,
        CONSTRAINT run_pkey PRIMARY KEY (tenant_id, id)
      )`);
    for (const table of TABLES) await protectTenantTable(runner, table);
    await runner.query(`
      CREATE TABLE tenant (
        id text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT tenant_pkey PRIMARY KEY (id)
      )`);
    await runner.query(`GRANT SELECT, INSERT ON tenant TO ${APPLICATION_ROLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant');
    for (const table of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = ['deferred_record', 'deferred_parent', 'change_record', 'run'] as const;
