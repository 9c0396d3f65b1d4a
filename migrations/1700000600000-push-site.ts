import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which Moodle a tenant's targets are known to be in. */
export class PushSite1700000600000 implements MigrationInterface {
  name = 'PushSite1700000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE push_tenant ADD COLUMN base_url text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE push_tenant DROP COLUMN base_url');
  }
}
