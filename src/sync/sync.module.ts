import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RegistryModule } from '../metrics/registry.module';
import { BatchApplier } from './batch-applier';
import { RequestWriter } from './request-writer';
import { DeferredParentEntity } from './deferral/deferred-parent.entity';
import { DeferredRecordEntity } from './deferral/deferred-record.entity';
import { DeferredReader } from './deferral/deferred-reader';
import { DeferredRepository } from './deferral/deferred.repository';
import { ReleaseService } from './deferral/release.service';
import { EntityRegistry } from './entity-registry';
import { EnvelopeReader } from './envelope/envelope-reader';
import { FingerprintService } from './fingerprint.service';
import { ChangeRecordEntity } from './history/change-record.entity';
import { HistoryReader } from './history/history-reader';
import { HistoryRepository } from './history/history.repository';
import { RunReader } from './history/run-reader';
import { RunEntity } from './history/run.entity';
import { ProfileReader } from './profile/profile-reader';
import { ProfileRepository } from './profile/profile-repository';
import { ProfileTrial } from './profile/profile-trial';
import { TenantProfileEntity } from './profile/tenant-profile.entity';
import { ReceiptClock } from './receipt-clock';
import { RecordMetrics } from './record-metrics';
import { ReferenceResolver } from './reference-resolver';
import { Erasure } from './removal/erasure';
import { Mentions } from './removal/mentions';
import { RemovalService } from './removal/removal.service';
import { RowChanges } from './row-changes';
import { RowExtras } from './row-extras';
import { RowReader } from './row-reader';
import { SyncEngine } from './sync-engine';
import { SyncPipeline } from './sync-pipeline';
import { UniqueValueEntity } from './unique-value.entity';
import { UniqueValuesRepository } from './unique-values.repository';
import { WitnessReader } from './witness';

const TABLES = [
  UniqueValueEntity,
  DeferredRecordEntity,
  DeferredParentEntity,
  ChangeRecordEntity,
  RunEntity,
  TenantProfileEntity,
];

@Module({
  imports: [RegistryModule, TypeOrmModule.forFeature(TABLES)],
  providers: [
    BatchApplier,
    RequestWriter,
    DeferredReader,
    DeferredRepository,
    Erasure,
    EntityRegistry,
    EnvelopeReader,
    FingerprintService,
    HistoryReader,
    HistoryRepository,
    Mentions,
    ProfileReader,
    ProfileRepository,
    ProfileTrial,
    ReceiptClock,
    RecordMetrics,
    ReferenceResolver,
    ReleaseService,
    RemovalService,
    RowChanges,
    RowExtras,
    RowReader,
    RunReader,
    SyncEngine,
    SyncPipeline,
    UniqueValuesRepository,
    WitnessReader,
  ],
  exports: [
    BatchApplier,
    DeferredReader,
    DeferredRepository,
    EntityRegistry,
    FingerprintService,
    HistoryRepository,
    ProfileReader,
    ProfileRepository,
    ProfileTrial,
    RecordMetrics,
    ReleaseService,
    RowChanges,
    RowExtras,
    RunReader,
    SyncEngine,
    UniqueValuesRepository,
    WitnessReader,
  ],
})
export class SyncModule {}
