import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPLICATION_ROLE, protectTenantTable } from '../src/database/tenant-table';

/** Who may call: tenants with their settings, keys, how often they were used, and who changed what. */
export class Access1700000800000 implements MigrationInterface {
  name = 'Access1700000800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE tenant ADD COLUMN name text, ADD COLUMN state text NOT NULL DEFAULT 'active',
        ADD COLUMN settings jsonb NOT NULL DEFAULT '{}', ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now()`);
    await runner.query(`
      CREATE TABLE api_key (
        id text NOT NULL, hash text NOT NULL, name text NOT NULL, tenant_id text, scopes text[] NOT NULL,
        requests_per_minute integer, created_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz,
        revoked_at timestamptz, last_used_at timestamptz,
        CONSTRAINT api_key_pkey PRIMARY KEY (id)
      )`);
    // The shape is that of rate-limiter-flexible. What it counts may be forgotten in a crash.
    await runner.query(`
      CREATE UNLOGGED TABLE request_rate (
        key character varying(255) NOT NULL, points integer NOT NULL DEFAULT 0, expire bigint,
        CONSTRAINT request_rate_pkey PRIMARY KEY (key)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE audit_entry (
        tenant_id text NOT NULL, id uuid NOT NULL, at timestamptz NOT NULL DEFAULT now(), actor text NOT NULL,
        act text NOT NULL, subject text NOT NULL, before jsonb, after jsonb, request_id text,
        CONSTRAINT audit_entry_pkey PRIMARY KEY (tenant_id, id)
      )`);
    await protectTenantTable(runner, 'audit_entry');
    await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON tenant, api_key, request_rate TO ${APPLICATION_ROLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_entry', 'request_rate', 'api_key']) await runner.query(`DROP TABLE ${table}`);
    await runner.query(
      'ALTER TABLE tenant DROP COLUMN name, DROP COLUMN state, DROP COLUMN settings, DROP COLUMN updated_at',
    );
  }
}
