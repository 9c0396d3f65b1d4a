import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EnvelopeReader } from './envelope/envelope-reader';
import { FingerprintService } from './fingerprint.service';
import { ReferenceResolver } from './reference-resolver';
import { RowReader } from './row-reader';
import { SyncPipeline } from './sync-pipeline';
import { UniqueValueEntity } from './unique-value.entity';
import { UniqueValuesRepository } from './unique-values.repository';
import { WitnessReader } from './witness';

@Module({
  imports: [DiscoveryModule, TypeOrmModule.forFeature([UniqueValueEntity])],
  providers: [
    EnvelopeReader,
    FingerprintService,
    ReferenceResolver,
    RowReader,
    SyncPipeline,
    UniqueValuesRepository,
    WitnessReader,
  ],
  exports: [RowReader, SyncPipeline, WitnessReader],
})
export class SyncModule {}
