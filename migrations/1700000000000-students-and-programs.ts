import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createSyncedTable } from '../src/database/synced-table';
import { APPLICATION_ROLE, protectTenantTable } from '../src/database/tenant-table';

export class StudentsAndPrograms1700000000000 implements MigrationInterface {
  name = 'StudentsAndPrograms1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createApplicationRole(runner);
    await createSyncedTable(
      runner,
      'student',
      `academic_email text, username text, display_name text, first_name text, last_name text, student_number text,
       phone text, status text, birth_date date, country text, city text, program_zoho_id text, zoho_moodle_id text`,
    );
    await createSyncedTable(
      runner,
      'program',
      'name text, code text, price numeric, status text, description text, zoho_moodle_id text',
    );
    await runner.query(`
      CREATE TABLE unique_value (
        tenant_id text NOT NULL, entity text NOT NULL, value text NOT NULL, zoho_id text NOT NULL,
        CONSTRAINT unique_value_pkey PRIMARY KEY (tenant_id, entity, value)
      )`);
    await protectTenantTable(runner, 'unique_value');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unique_value');
    await runner.query('DROP TABLE program');
    await runner.query('DROP TABLE student');
    await dropApplicationRole(runner);
  }
}

/** Roles belong to the whole cluster, so another database's migration may have made it, or be making it now. */
async function createApplicationRole(runner: QueryRunner): Promise<void> {
  await runner.query(`
    DO $$
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APPLICATION_ROLE}') THEN
        BEGIN
          CREATE ROLE ${APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION
          WHEN duplicate_object OR unique_violation THEN NULL;
          WHEN insufficient_privilege THEN
            RAISE EXCEPTION 'the role % is missing and % may not create it', '${APPLICATION_ROLE}', current_user
              USING HINT = 'As an administrator: CREATE ROLE ${APPLICATION_ROLE} NOLOGIN; GRANT ${APPLICATION_ROLE} TO ' || quote_ident(current_user);
        END;
      END IF;
      BEGIN
        GRANT ${APPLICATION_ROLE} TO CURRENT_USER;
      EXCEPTION WHEN insufficient_privilege THEN NULL; -- an administrator made the role, and let us act as it
      END;
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${APPLICATION_ROLE}', current_schema());
    END $$`);
}

/** Other databases of the cluster may still need the role; then it stays. */
async function dropApplicationRole(runner: QueryRunner): Promise<void> {
  await runner.query(
    `DO $$ BEGIN EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM ${APPLICATION_ROLE}', current_schema()); END $$`,
  );
  await runner.query(`
    DO $$
    BEGIN
      DROP ROLE ${APPLICATION_ROLE};
    EXCEPTION
      WHEN dependent_objects_still_exist OR insufficient_privilege THEN NULL;
    END $$`);
}
