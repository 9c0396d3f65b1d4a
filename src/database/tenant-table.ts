import type { QueryRunner } from 'typeorm';

/** Every transaction of the service runs as this role: no login, no superuser, no BYPASSRLS. */
export const APPLICATION_ROLE = 'zoho_moodle_sync_app';

/** The transaction's setting that the row-level policies compare with. */
export const TENANT_SETTING = 'app.tenant_id';

/** For migrations: the table's rows are their tenant's alone, for its owner too. A transaction without a tenant sees none. */
export async function protectTenantTable(runner: QueryRunner, table: string): Promise<void> {
  const own = `tenant_id = current_setting('${TENANT_SETTING}', true)`;
  await runner.query(`ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY`);
  await runner.query(`ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY`);
  await runner.query(`CREATE POLICY tenant_isolation ON "${table}" USING (${own}) WITH CHECK (${own})`);
  await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON "${table}" TO ${APPLICATION_ROLE}`);
}
