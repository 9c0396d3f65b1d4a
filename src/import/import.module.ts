import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../sync/sync.module';
import { ImportEnding } from './import-ending';
import { ImportErasure } from './import-erasure';
import { ImportReader } from './import-reader';
import { ImportRequests } from './import-requests';
import { ImportLock } from './import-lock';
import { ImportPortionEntity } from './import-portion.entity';
import { ImportSeenEntity } from './import-seen.entity';
import { ImportSessions } from './import-session';
import { ImportController } from './import.controller';
import { ImportEntity } from './import.entity';
import { ImportRepository } from './import.repository';
import { ImportService } from './import.service';
import { MissingRecords } from './missing-records';
import { PortionApplier } from './portion-applier';

const TABLES = [ImportEntity, ImportPortionEntity, ImportSeenEntity];

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature(TABLES)],
  controllers: [ImportController],
  providers: [
    ImportEnding,
    ImportErasure,
    ImportLock,
    ImportReader,
    ImportRepository,
    ImportRequests,
    ImportService,
    ImportSessions,
    MissingRecords,
    PortionApplier,
  ],
  exports: [ImportRepository, ImportService],
})
export class ImportModule {}
