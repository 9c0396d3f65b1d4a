import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** The pool that TypeORM has connected, which its types do not tell of. */
export const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as unknown as { master: Pool }).master;
