import { Module } from '@nestjs/common';
import { DatabaseProbe } from './database-probe';
import { Departure } from './departure';
import { HealthController } from './health.controller';
import { Readiness } from './readiness';

@Module({
  controllers: [HealthController],
  providers: [DatabaseProbe, Departure, Readiness],
  exports: [Departure, Readiness],
})
export class HealthModule {}
