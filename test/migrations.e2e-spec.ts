import { DataSource } from 'typeorm';
import { migrate, MIGRATION_FILES } from '../src/database/migrate';
import { statusesOf, TestService } from './support/app';
import { ask, withOwnDatabase } from './support/databases';
import { schemaDrift } from './support/schema-drift';

const EMPTY = 'template1';
const tables = (url: string) =>
  ask(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migrations' ORDER BY relname`,
    [],
    url,
  );

it('make what the entities declare, go back to nothing, and forward again', async () => {
  await withOwnDatabase(
    'up_down',
    async (url, superuserUrl) => {
      const applied = await migrate(url, url);
      expect(applied.length).toBeGreaterThan(0);
      expect(await schemaDrift(url)).toEqual([]);
      const first = await tables(superuserUrl);
      await undoAll(url, applied.length);
      expect(await tables(superuserUrl)).toEqual([]);
      expect(await migrate(url, url)).toEqual(applied);
      expect(await tables(superuserUrl)).toEqual(first);
    },
    EMPTY,
  );
});

it('are seen to drift when a column differs from its entity', async () => {
  await withOwnDatabase('drift', async (url) => {
    const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
    await dataSource.query('ALTER TABLE student ALTER COLUMN phone TYPE varchar(20)');
    await dataSource.destroy();
    expect((await schemaDrift(url)).join('\n')).toContain('phone');
  });
});

it('run once when many processes start together', async () => {
  await withOwnDatabase(
    'together',
    async (url) => {
      const runs = await Promise.all(Array.from({ length: 5 }, () => migrate(url, url)));
      expect(runs.filter((applied) => applied.length > 0)).toHaveLength(1);
    },
    EMPTY,
  );
});

it('admit a service role that is not the owner, and only through the application’s role', async () => {
  await withOwnDatabase(
    'two_roles',
    async (url, superuserUrl) => {
      await ask(`DROP ROLE IF EXISTS plain_service`, [], superuserUrl);
      await ask(`CREATE ROLE plain_service LOGIN PASSWORD 'plain'`, [], superuserUrl);
      const serviceUrl = new URL(url);
      serviceUrl.username = 'plain_service';
      serviceUrl.password = 'plain';
      await migrate(url, serviceUrl.href);
      const service = await TestService.start({ DATABASE_URL: serviceUrl.href });
      const report = await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] });
      await service.close();
      expect(statusesOf(report)).toEqual(['NEW']);
      expect(await ask('SELECT zoho_id FROM program', [], serviceUrl.href)).toEqual([]);
      await ask('REVOKE zoho_moodle_sync_app FROM plain_service', [], url);
      await ask('DROP ROLE plain_service', [], superuserUrl);
    },
    EMPTY,
  );
});

async function undoAll(url: string, count: number): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url, migrations: [MIGRATION_FILES] }).initialize();
  for (let n = 0; n < count; n += 1) await dataSource.undoLastMigration({ transaction: 'each' });
  await dataSource.destroy();
}
