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
      useFactory: (environment: Environment) => ({
        ...dataSourceOptions(environment.DATABASE_URL ?? '', {
          applicationName: environment.APP_NAME,
          poolSize: environment.DATABASE_POOL_SIZE,
          timeoutSeconds: environment.DATABASE_TIMEOUT_SECONDS,
        }),
        autoLoadEntities: true,
        retryAttempts: 1,
      }),
    }),
  ],
  providers: [TenantTransaction],
  exports: [TenantTransaction],
})
export class DatabaseModule {}
