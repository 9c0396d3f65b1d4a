import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistryModule } from '../metrics/registry.module';
import { MoodleModule } from '../moodle/moodle.module';
import { QueueModule } from '../queue/queue.module';
import { SyncModule } from '../sync/sync.module';
import { Brake } from './brake/brake';
import { HoldReader } from './brake/hold-reader';
import { HoldRepository } from './brake/hold.repository';
import { PushHoldEntity } from './brake/push-hold.entity';
import { ParentReader } from './kinds/parents';
import { TARGET_KINDS, TargetKinds } from './kinds/target-kinds';
import { MarkRepository } from './planning/mark.repository';
import { MoodleSites } from './site/moodle-sites';
import { MoodleToken } from './site/moodle-token';
import { SecretsModule } from '../secrets/secrets.module';
import { DirectoryModule } from '../tenants/directory.module';
import { Planner } from './planning/planner';
import { PushForecast } from './planning/push-forecast';
import { PushGate } from './site/push-gate';
import { PushMarkEntity } from './planning/push-mark.entity';
import { PushMarks } from './planning/push-marks';
import { PushMetrics } from './push-metrics';
import { PushReader } from './targets/push-reader';
import { PushRound } from './push-round';
import { PushRows } from './wanted/push-rows';
import { PushSources } from './wanted/push-source';
import { PushStatusService } from './site/push-status';
import { PushTargetEntity } from './targets/push-target.entity';
import { PushTenantEntity } from './site/push-tenant.entity';
import { PushWorker } from './push-worker';
import { RowTargets } from './targets/row-targets';
import { SiteCheck } from './site/site-check';
import { TargetPusher } from './target-pusher';
import { StoredTargets } from './targets/stored-targets';
import { SettlementRepository } from './targets/settlement.repository';
import { TargetRepository } from './targets/target.repository';
import { TenantPushRepository } from './site/tenant-push.repository';

@Module({
  imports: [
    MoodleModule,
    DirectoryModule,
    QueueModule,
    RegistryModule,
    SecretsModule,
    SyncModule,
    TypeOrmModule.forFeature([PushMarkEntity, PushTargetEntity, PushTenantEntity, PushHoldEntity]),
  ],
  providers: [
    Brake,
    HoldReader,
    HoldRepository,
    MarkRepository,
    MoodleSites,
    MoodleToken,
    ParentReader,
    Planner,
    PushForecast,
    PushGate,
    PushMarks,
    PushMetrics,
    PushReader,
    PushRound,
    PushRows,
    PushSources,
    PushStatusService,
    PushWorker,
    RowTargets,
    SettlementRepository,
    SiteCheck,
    StoredTargets,
    TargetKinds,
    TargetPusher,
    TargetRepository,
    TenantPushRepository,
    ...TARGET_KINDS,
  ],
  exports: [
    MoodleSites,
    MoodleToken,
    HoldReader,
    HoldRepository,
    Planner,
    PushReader,
    PushRound,
    PushSources,
    PushStatusService,
    PushWorker,
    SiteCheck,
    StoredTargets,
    TargetKinds,
    TargetRepository,
  ],
})
export class PushModule {}
