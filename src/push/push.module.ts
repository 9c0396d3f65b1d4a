import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MoodleModule } from '../moodle/moodle.module';
import { QueueModule } from '../queue/queue.module';
import { SyncModule } from '../sync/sync.module';
import { Brake } from './brake/brake';
import { HoldReader } from './brake/hold-reader';
import { HoldRepository } from './brake/hold.repository';
import { PushHoldEntity } from './brake/push-hold.entity';
import { ParentReader } from './kinds/parents';
import { TARGET_KINDS, TargetKinds } from './kinds/target-kinds';
import { MarkRepository } from './mark.repository';
import { MoodleSites } from './moodle-sites';
import { Planner } from './planner';
import { PushForecast } from './push-forecast';
import { PushGate } from './push-gate';
import { PushMarkEntity } from './push-mark.entity';
import { PushMarks } from './push-marks';
import { PushReader } from './push-reader';
import { PushRound } from './push-round';
import { PushRows } from './push-rows';
import { PushSources } from './push-source';
import { PushStatusService } from './push-status';
import { PushTargetEntity } from './push-target.entity';
import { PushTenantEntity } from './push-tenant.entity';
import { PushWorker } from './push-worker';
import { RowTargets } from './row-targets';
import { SiteCheck } from './site-check';
import { TargetPusher } from './target-pusher';
import { TargetRepository } from './target.repository';
import { TenantPushRepository } from './tenant-push.repository';

@Module({
  imports: [
    MoodleModule,
    QueueModule,
    SyncModule,
    TypeOrmModule.forFeature([PushMarkEntity, PushTargetEntity, PushTenantEntity, PushHoldEntity]),
  ],
  providers: [
    Brake,
    HoldReader,
    HoldRepository,
    MarkRepository,
    MoodleSites,
    ParentReader,
    Planner,
    PushForecast,
    PushGate,
    PushMarks,
    PushReader,
    PushRound,
    PushRows,
    PushSources,
    PushStatusService,
    PushWorker,
    RowTargets,
    SiteCheck,
    TargetKinds,
    TargetPusher,
    TargetRepository,
    TenantPushRepository,
    ...TARGET_KINDS,
  ],
  exports: [HoldReader, HoldRepository, PushReader, PushRound, PushSources, PushStatusService, PushWorker, SiteCheck],
})
export class PushModule {}
