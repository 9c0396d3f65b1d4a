import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is written with every record costs less: marks are a line for each request rather than for each record, and the
 * history has one index of keys, and one of blocks by which old lines are found.
 */
export class LighterWrites1700001100000 implements MigrationInterface {
  name = 'LighterWrites1700001100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE push_mark ADD COLUMN subjects text[]');
    await runner.query('ALTER TABLE push_mark NO FORCE ROW LEVEL SECURITY');
    await runner.query('UPDATE push_mark SET subjects = ARRAY[subject]');
    await runner.query('ALTER TABLE push_mark FORCE ROW LEVEL SECURITY');
    await runner.query('ALTER TABLE push_mark ALTER COLUMN subjects SET NOT NULL, DROP COLUMN subject');
    await runner.query('DROP INDEX change_record_tenant_id_run_id_idx');
    await runner.query('DROP INDEX change_record_tenant_id_recorded_at_idx');
    await runner.query('CREATE INDEX change_record_recorded_at_idx ON change_record USING brin (recorded_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX change_record_recorded_at_idx');
    await runner.query(
      'CREATE INDEX change_record_tenant_id_recorded_at_idx ON change_record (tenant_id, recorded_at)',
    );
    await runner.query('CREATE INDEX change_record_tenant_id_run_id_idx ON change_record (tenant_id, run_id)');
    await runner.query('ALTER TABLE push_mark ADD COLUMN subject text');
    await runner.query('ALTER TABLE push_mark NO FORCE ROW LEVEL SECURITY');
    await runner.query(
      'INSERT INTO push_mark (tenant_id, subjects, subject) SELECT tenant_id, subjects, unnest(subjects) FROM push_mark',
    );
    await runner.query('DELETE FROM push_mark WHERE subject IS NULL');
    await runner.query('ALTER TABLE push_mark FORCE ROW LEVEL SECURITY');
    await runner.query('ALTER TABLE push_mark ALTER COLUMN subject SET NOT NULL, DROP COLUMN subjects');
  }
}
