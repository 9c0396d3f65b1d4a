import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AdminModule } from './admin/admin.module';
import { AuditModule } from './audit/audit.module';
import type { DestinationStream } from 'pino';
import { ConfigModule } from './config/config.module';
import type { Environment } from './config/environment';
import { DatabaseModule } from './database/database.module';
import { DeferredModule } from './deferred/deferred.module';
import { HealthModule } from './health/health.module';
import { ImportModule } from './import/import.module';
import { loggerOptions } from './logging/logger-options';
import { MetricsModule } from './metrics/metrics.module';
import { PushesModule } from './pushes/pushes.module';
import { ProgramsModule } from './records/programs/programs.module';
import { StudentsModule } from './records/students/students.module';
import { TeachersModule } from './records/teachers/teachers.module';
import { UnitsModule } from './records/units/units.module';
import { ClassesModule } from './records/classes/classes.module';
import { EnrollmentsModule } from './records/enrollments/enrollments.module';
import { RegistrationsModule } from './records/registrations/registrations.module';
import { PaymentsModule } from './records/payments/payments.module';
import { GradesModule } from './records/grades/grades.module';
import { RedisModule } from './redis/redis.module';
import { RequestModule } from './request/request.module';
import { RunsModule } from './runs/runs.module';
import { TenantsModule } from './tenants/tenants.module';
import { UpkeepModule } from './upkeep/upkeep.module';
import { VerifyModule } from './verify/verify.module';

/** Everything the service is made of; a new entity is added here. */
@Module({
  imports: [
    DatabaseModule,
    RedisModule,
    AuditModule,
    RequestModule,
    HealthModule,
    MetricsModule,
    AdminModule,
    DeferredModule,
    ImportModule,
    PushesModule,
    RunsModule,
    TenantsModule,
    UpkeepModule,
    VerifyModule,
    StudentsModule,
    ProgramsModule,
    TeachersModule,
    UnitsModule,
    ClassesModule,
    EnrollmentsModule,
    RegistrationsModule,
    PaymentsModule,
    GradesModule,
  ],
})
export class AppModule {
  /** @param log takes what is logged, in place of standard output */
  static with(environment: Environment, log?: DestinationStream): DynamicModule {
    return {
      module: AppModule,
      imports: [ConfigModule.with(environment), LoggerModule.forRoot(loggerOptions(environment, log))],
    };
  }
}
