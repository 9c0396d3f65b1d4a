import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Environment } from '../config/environment';
import { dataSourceOptions } from './data-source-options';
import { TenantTransaction } from './tenant-transaction';

/** The one pool of connections, and the only way to a tenant's rows. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: ({ DATABASE_URL, APP_NAME, DATABASE_POOL_SIZE }: Environment) => ({
        ...dataSourceOptions(DATABASE_URL ?? '', { applicationName: APP_NAME, poolSize: DATABASE_POOL_SIZE }),
        autoLoadEntities: true,
        retryAttempts: 1,
      }),
    }),
  ],
  providers: [TenantTransaction],
  exports: [TenantTransaction],
})
export class DatabaseModule {}
