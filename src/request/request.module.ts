import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TenantsModule } from '../tenants/tenants.module';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { parameterPipe } from './parameter-pipe';
import { ProblemFilter } from './problem.filter';
import { TenantInterceptor } from './tenant.interceptor';

/** All that happens to every request, in one list. */
@Module({
  imports: [IdempotencyModule, TenantsModule],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_INTERCEPTOR, useClass: TenantInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_PIPE, useFactory: parameterPipe },
  ],
})
export class RequestModule {}
