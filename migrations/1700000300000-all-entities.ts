import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createSyncedTable } from '../src/database/synced-table';

const COLUMNS: Readonly<Record<string, string>> = {
  teacher: 'name text, academic_email text, email text, phone text, zoho_moodle_id text',
  unit: 'name text, code text, number text, level text, credits numeric, status text, description text, program_zoho_id text, criteria jsonb',
  class:
    'name text, class_number text, short_name text, status text, start_date date, end_date date, program_zoho_id text, unit_zoho_id text, teacher_zoho_id text, teacher_name text, ms_teams_id text, zoho_moodle_id text',
  enrollment:
    'student_zoho_id text, class_zoho_id text, program_zoho_id text, program_text text, status text, type text, start_date date, end_date date, zoho_moodle_id text',
  registration:
    'student_zoho_id text, program_zoho_id text, status text, number text, registration_date date, completion_date date, price numeric, remaining_amount numeric, currency text, study_mode text, study_language text, registration_version text, installments jsonb',
  payment:
    'registration_zoho_id text, student_zoho_id text, amount numeric, date date, method text, type text, status text, installment_no numeric, note text',
  grade:
    'student_zoho_id text, class_zoho_id text, unit_zoho_id text, unit_text text, grade text, score numeric, status text, attempt numeric, date date, feedback text, grader text, outcomes jsonb',
};

export class AllEntities1700000300000 implements MigrationInterface {
  name = 'AllEntities1700000300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(COLUMNS)) await createSyncedTable(runner, table, columns);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of Object.keys(COLUMNS).toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}
