import { Module } from '@nestjs/common';
import { HealthModule } from '../health/health.module';
import { PushModule } from '../push/push.module';
import { SyncModule } from '../sync/sync.module';
import { DirectoryModule } from '../tenants/directory.module';
import { MetricsController } from './metrics.controller';
import { MetricsPage } from './metrics-page';
import { PoolGauges } from './pool-gauges';
import { RegistryModule } from './registry.module';
import { StandingGauges } from './standing-gauges';
import { Standings } from './standings';
import { WatchServer } from './watch-server';

/** The page on which Prometheus reads what is counted, and what is looked up when it does. */
@Module({
  imports: [RegistryModule, DirectoryModule, HealthModule, PushModule, SyncModule],
  controllers: [MetricsController],
  providers: [MetricsPage, PoolGauges, StandingGauges, Standings, WatchServer],
})
export class MetricsModule {}
