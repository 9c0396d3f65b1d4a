import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options';

/** The statements that would make the database what the entities declare: none, when they agree. */
export async function schemaDrift(url: string): Promise<string[]> {
  const entities = [join(__dirname, '../../src/**/*.entity.ts')];
  const dataSource = await new DataSource({ ...dataSourceOptions(url), entities }).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  } finally {
    await dataSource.destroy();
  }
}
