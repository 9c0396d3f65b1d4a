import { Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { parameterPipe } from './parameter-pipe';
import { ProblemFilter } from './problem.filter';
import { TenantInterceptor } from './tenant.interceptor';

/** All that happens to every request, in one list. */
@Module({
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_INTERCEPTOR, useClass: TenantInterceptor },
    { provide: APP_PIPE, useFactory: parameterPipe },
  ],
})
export class RequestModule {}
