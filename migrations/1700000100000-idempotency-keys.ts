import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from '../src/database/tenant-table';

export class IdempotencyKeys1700000100000 implements MigrationInterface {
  name = 'IdempotencyKeys1700000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE idempotency_key (
        tenant_id text NOT NULL, route text NOT NULL, key text NOT NULL,
        owner text NOT NULL, body_hash text NOT NULL, answer text, witness jsonb, expires_at timestamptz NOT NULL,
        CONSTRAINT idempotency_key_pkey PRIMARY KEY (tenant_id, route, key)
      )`);
    await runner.query(
      'CREATE INDEX idempotency_key_tenant_id_expires_at_idx ON idempotency_key (tenant_id, expires_at)',
    );
    await protectTenantTable(runner, 'idempotency_key');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE idempotency_key');
  }
}
