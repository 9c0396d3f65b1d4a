import { Client } from 'pg';
import { dataSourceOptions } from '../src/database/data-source-options';
import { migrate } from '../src/database/migrate';
import { withOwnDatabase } from './support/databases';

/** The settings with which every connection of the service plans. */
const { options } = dataSourceOptions('postgres://x').extra as { options: string };

/** By its key, as requests look a row up in each of these tables, and the index that finds it. */
const LOOK_UPS: readonly (readonly [table: string, key: readonly string[], index: string])[] = [
  ['student', ['zoho_id'], 'student_tenant_id_zoho_id_key'],
  ['grade', ['zoho_id'], 'grade_tenant_id_zoho_id_key'],
  ['deferred_record', ['entity', 'zoho_id'], 'deferred_record_pkey'],
  ['deferred_parent', ['parent_entity', 'parent_zoho_id'], 'deferred_parent_pkey'],
  ['unique_value', ['entity', 'value'], 'unique_value_pkey'],
  ['idempotency_key', ['route', 'key'], 'idempotency_key_pkey'],
];

const FILL = `
  INSERT INTO student (tenant_id, id, zoho_id, fingerprint, last_sync)
    SELECT 't', gen_random_uuid(), '80000000' || n, repeat('f', 64), now() FROM generate_series($1::int, $2::int) AS n;
  INSERT INTO grade (tenant_id, id, zoho_id, fingerprint, last_sync)
    SELECT 't', gen_random_uuid(), '80000000' || n, repeat('f', 64), now() FROM generate_series($1::int, $2::int) AS n;
  INSERT INTO deferred_record (tenant_id, entity, zoho_id, state, carried, missing, run_id, since, updated_at, attempts)
    SELECT 't', 'student', n, 'waiting', '{}', '[]', gen_random_uuid(), now(), now(), 0 FROM generate_series($1::int, $2::int) AS n;
  INSERT INTO deferred_parent (tenant_id, parent_entity, parent_zoho_id, entity, zoho_id)
    SELECT 't', 'program', n, 'student', n FROM generate_series($1::int, $2::int) AS n;
  INSERT INTO unique_value (tenant_id, entity, value, zoho_id)
    SELECT 't', 'student', n || '@c.example', n FROM generate_series($1::int, $2::int) AS n;
  INSERT INTO idempotency_key (tenant_id, route, key, owner, body_hash, expires_at)
    SELECT 't', 'students', n, n, repeat('a', 64), now() FROM generate_series($1::int, $2::int) AS n`;

/** Adds rows of one tenant, from one number to another. */
async function fill(client: Client, from: number, to: number): Promise<void> {
  await client.query("SELECT set_config('app.tenant_id', 't', false)");
  for (const statement of FILL.replaceAll('$1', String(from)).replaceAll('$2', String(to)).split(';')) {
    await client.query(statement);
  }
}

/** Tables whose plan, made now, does not go by their key's index. */
async function misled(client: Client): Promise<string[]> {
  const found: string[] = [];
  for (const [table, key, index] of LOOK_UPS) {
    const types = key.map(() => 'text[]').join(', ');
    const asked = key.map((name, at) => `${name} = asked.k${at}`).join(' AND ');
    await client.query(
      `PREPARE look_up (text, ${types}) AS SELECT stored.* FROM unnest(${key.map((_name, at) => `$${at + 2}`).join(', ')})
         AS asked (${key.map((_name, at) => `k${at}`).join(', ')}),
       LATERAL (SELECT * FROM ${table} WHERE tenant_id = $1 AND ${asked} OFFSET 0) AS stored`,
    );
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN EXECUTE look_up ('t', ${key.map(() => "'{}'").join(', ')})`,
    );
    if (!rows.some((row) => row['QUERY PLAN'].includes(index))) found.push(table);
    await client.query('DEALLOCATE look_up');
  }
  return found;
}

/** Around the sizes at which a planner without statistics changes its mind. */
const SIZES = [0, 1, 3, 10, 50, 100, 200, 300, 500, 800, 1_500, 4_000];

it.each([
  ['tables have not been analysed yet', false],
  ['they are analysed whenever they have grown', true],
])(
  'rows are looked up by their keys however few there were when the plan was made, while %s',
  async (_when, isAnalysed) => {
    await withOwnDatabase(`plans_${isAnalysed}`, async (url) => {
      await migrate(url, url);
      const client = new Client({ connectionString: url, options });
      await client.connect();
      try {
        const wrong: string[] = [];
        for (const [at, size] of SIZES.entries()) {
          if (size > 0) await fill(client, (SIZES[at - 1] ?? 0) + 1, size);
          if (isAnalysed) await client.query('VACUUM (ANALYZE)');
          wrong.push(...(await misled(client)).map((table) => `${table} of ${size}`));
        }
        expect(wrong).toEqual([]);
      } finally {
        await client.end();
      }
    });
  },
);
