import type { MigrationInterface, QueryRunner } from 'typeorm';

const RECORDS = [
  'student',
  'program',
  'class',
  'enrollment',
  'registration',
  'payment',
  'unit',
  'grade',
  'teacher',
] as const;

const KEYS: readonly (readonly [table: string, name: string, key: string])[] = [
  ...RECORDS.map((table) => [table, `${table}_tenant_id_zoho_id_key`, 'UNIQUE (tenant_id, zoho_id)'] as const),
  ['deferred_record', 'deferred_record_pkey', 'PRIMARY KEY (tenant_id, entity, zoho_id)'],
  [
    'deferred_parent',
    'deferred_parent_pkey',
    'PRIMARY KEY (tenant_id, parent_entity, parent_zoho_id, entity, zoho_id)',
  ],
  ['idempotency_key', 'idempotency_key_pkey', 'PRIMARY KEY (tenant_id, route, key)'],
];

/** From this version on, statistics can be given rather than gathered. */
const GIVEN_STATISTICS = 180_000;

/**
 * So that plans which are made while tables are empty, and kept, are right for a million rows too. The key by which
 * requests look rows up is made last: of several indexes that cost the same the planner takes the newest. And until the
 * tables have been analysed, it is told that one tenant has all rows, so that its other indexes look as bad as they are.
 */
export class LookUps1700001000000 implements MigrationInterface {
  name = 'LookUps1700001000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, name, key] of KEYS) {
      await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT ${name}, ADD CONSTRAINT ${name} ${key}`);
    }
    const [{ version } = { version: 0 }]: { version: number }[] = await runner.query(
      `SELECT current_setting('server_version_num')::integer AS version`,
    );
    if (version < GIVEN_STATISTICS) return;
    await runner.query(
      `SELECT pg_restore_attribute_stats('schemaname', schemaname::text, 'relname', tablename::text, 'attname', 'tenant_id',
         'inherited', false, 'null_frac', 0::real, 'avg_width', 8, 'n_distinct', 1::real)
       FROM pg_tables WHERE schemaname = current_schema() AND tablename = ANY($1::text[])
         AND NOT EXISTS (SELECT FROM pg_stats WHERE pg_stats.schemaname = pg_tables.schemaname
           AND pg_stats.tablename = pg_tables.tablename AND attname = 'tenant_id')`,
      [[...KEYS.map(([table]) => table), 'unique_value', 'push_target']],
    );
  }

  /** In whatever order they were made, the indexes are the same. */
  async down(): Promise<void> {}
}
