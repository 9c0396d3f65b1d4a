import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../../sync/sync.module';
import { GradeEntity } from './grade.entity';
import { GradesController } from './grades.controller';
import { GradesMapper } from './grades.mapper';
import { GradesParser } from './grades.parser';
import { GradesRepository } from './grades.repository';
import { GradesService } from './grades.service';

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature([GradeEntity])],
  controllers: [GradesController],
  providers: [GradesParser, GradesMapper, GradesRepository, GradesService],
})
export class GradesModule {}
