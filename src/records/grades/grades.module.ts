import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { GradeEntity } from './grade.entity';
import { GradesController } from './grades.controller';
import { GradesMapper } from './grades.mapper';
import { GradesMoodle } from './grades.moodle';
import { GradesParser } from './grades.parser';
import { GradesRepository } from './grades.repository';
import { GradesService } from './grades.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([GradeEntity])],
  controllers: [GradesController],
  providers: [GradesMoodle, GradesParser, GradesMapper, GradesRepository, GradesService],
})
export class GradesModule {}
