import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { ConfigModule } from './config/config.module';
import type { Environment } from './config/environment';
import { DatabaseModule } from './database/database.module';
import { HealthModule } from './health/health.module';
import { loggerOptions } from './logging/logger-options';
import { ProgramsModule } from './records/programs/programs.module';
import { StudentsModule } from './records/students/students.module';
import { RedisModule } from './redis/redis.module';
import { RequestModule } from './request/request.module';

/** Everything the service is made of; a new entity is added here. */
@Module({ imports: [DatabaseModule, RedisModule, RequestModule, HealthModule, StudentsModule, ProgramsModule] })
export class AppModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [ConfigModule.with(environment), LoggerModule.forRoot(loggerOptions(environment))],
    };
  }
}
