import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/database/data-source-options';

/** For TypeORM's command line, compiled with the application: `npx typeorm migration:show -d dist/ormconfig.js`. */
export default new DataSource({
  ...dataSourceOptions(process.env['MIGRATION_DATABASE_URL'] ?? process.env['DATABASE_URL'] ?? ''),
  entities: [join(__dirname, 'src/**/*.entity.{js,ts}')],
  migrations: [join(__dirname, 'migrations/*.{js,ts}')],
});
