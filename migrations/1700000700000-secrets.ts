import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from '../src/database/tenant-table';

/** What tenants entrust to us: tokens and shared secrets, sealed by a key that the database does not have. */
export class Secrets1700000700000 implements MigrationInterface {
  name = 'Secrets1700000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenant_secret (
        tenant_id text NOT NULL, field text NOT NULL, slot smallint NOT NULL, sealed text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT tenant_secret_pkey PRIMARY KEY (tenant_id, field, slot)
      )`);
    await protectTenantTable(runner, 'tenant_secret');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant_secret');
  }
}
