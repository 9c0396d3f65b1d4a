import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenantTransaction } from '../../database/tenant-transaction';
import { RegistryModule } from '../../metrics/registry.module';
import { RedisConnection } from '../../redis/redis-connection';
import { SyncModule } from '../../sync/sync.module';
import { IdempotencyKeyEntity } from './idempotency-key.entity';
import { IDEMPOTENCY_STORE, type IdempotencyStore } from './idempotency-store';
import { IdempotencyMetrics } from './idempotency-metrics';
import { IdempotencyService } from './idempotency.service';
import { PostgresIdempotencyStore } from './postgres-idempotency-store';
import { RedisIdempotencyStore } from './redis-idempotency-store';

@Module({
  imports: [RegistryModule, SyncModule, TypeOrmModule.forFeature([IdempotencyKeyEntity])],
  providers: [
    IdempotencyMetrics,
    IdempotencyService,
    {
      provide: IDEMPOTENCY_STORE,
      inject: [RedisConnection, TenantTransaction],
      useFactory: ({ client }: RedisConnection, transaction: TenantTransaction): IdempotencyStore =>
        client ? new RedisIdempotencyStore(client) : new PostgresIdempotencyStore(transaction),
    },
  ],
  exports: [IdempotencyService],
})
export class IdempotencyModule {}
