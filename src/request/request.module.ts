import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AccessGuard } from '../access/access.guard';
import { AccessModule } from '../access/access.module';
import { ConcurrencyInterceptor } from '../access/limits/concurrency.interceptor';
import { RegistryModule } from '../metrics/registry.module';
import { BodyInterceptor } from './body.interceptor';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { parameterPipe } from './parameter-pipe';
import { ProblemFilter } from './problem.filter';
import { RequestMetrics } from './request-metrics';

/** All that happens to every request, in one list. */
@Module({
  imports: [IdempotencyModule, AccessModule, RegistryModule],
  providers: [
    RequestMetrics,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: ConcurrencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_PIPE, useFactory: parameterPipe },
  ],
})
export class RequestModule {}
