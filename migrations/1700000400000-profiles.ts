import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from '../src/database/tenant-table';

export class Profiles1700000400000 implements MigrationInterface {
  name = 'Profiles1700000400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tenant_profile (
        tenant_id text NOT NULL, version integer NOT NULL, profile jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT tenant_profile_pkey PRIMARY KEY (tenant_id, version)
      )`);
    await protectTenantTable(runner, 'tenant_profile');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tenant_profile');
  }
}
