import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from '../src/database/tenant-table';

export class Push1700000500000 implements MigrationInterface {
  name = 'Push1700000500000';

  async up(runner: QueryRunner): Promise<void> {
    // Lines are only added and removed, never changed, so that requests which mark the same do not wait for each other.
    await runner.query(`
      CREATE TABLE push_mark (
        tenant_id text NOT NULL, id bigint NOT NULL GENERATED ALWAYS AS IDENTITY, subject text NOT NULL,
        CONSTRAINT push_mark_pkey PRIMARY KEY (tenant_id, id)
      )`);
    await runner.query(`
      CREATE TABLE push_target (
        tenant_id text NOT NULL, id uuid NOT NULL, kind text NOT NULL, subject text NOT NULL, place text NOT NULL,
        wanted bigint NOT NULL, pushed bigint NOT NULL, state text NOT NULL, reason text, message text,
        attempts integer NOT NULL, next_try_at timestamptz, awaits text[], moodle_id bigint, pushed_digest text,
        is_active boolean NOT NULL, is_doubtful boolean NOT NULL, doubt_until timestamptz, memo jsonb, note text,
        lease uuid, leased_until timestamptz, changed_at timestamptz NOT NULL, pushed_at timestamptz,
        hold_id uuid, is_approved boolean NOT NULL, deactivated_at timestamptz,
        CONSTRAINT push_target_pkey PRIMARY KEY (tenant_id, kind, subject, place),
        CONSTRAINT push_target_tenant_id_id_key UNIQUE (tenant_id, id)
      )`);
    await runner.query(
      'CREATE INDEX push_target_tenant_id_kind_next_try_at_idx ON push_target (tenant_id, kind, next_try_at)',
    );
    await runner.query('CREATE INDEX push_target_tenant_id_state_idx ON push_target (tenant_id, state)');
    await runner.query('CREATE INDEX push_target_tenant_id_place_idx ON push_target (tenant_id, place)');
    await runner.query('CREATE INDEX push_target_tenant_id_subject_idx ON push_target (tenant_id, subject)');
    await runner.query(`
      CREATE TABLE push_tenant (
        tenant_id text NOT NULL, layout text NOT NULL, profile_version integer NOT NULL, paused_by text, reason text,
        message text, paused_at timestamptz, next_check_at timestamptz,
        CONSTRAINT push_tenant_pkey PRIMARY KEY (tenant_id)
      )`);
    await runner.query(`
      CREATE TABLE push_hold (
        tenant_id text NOT NULL, id uuid NOT NULL, state text NOT NULL, created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL, decided_at timestamptz, note text, size integer NOT NULL,
        CONSTRAINT push_hold_pkey PRIMARY KEY (tenant_id, id)
      )`);
    for (const table of ['push_mark', 'push_target', 'push_tenant', 'push_hold'])
      await protectTenantTable(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['push_mark', 'push_target', 'push_tenant', 'push_hold'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
