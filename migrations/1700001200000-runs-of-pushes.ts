import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which run has made something to be pushed, so that whoever pushes it can tell; null where no request did. */
export class RunsOfPushes1700001200000 implements MigrationInterface {
  name = 'RunsOfPushes1700001200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} ADD COLUMN run_id uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} DROP COLUMN run_id`);
  }
}

const TABLES = ['push_mark', 'push_target'] as const;
