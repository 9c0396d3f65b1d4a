import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { StudentEntity } from './student.entity';
import { StudentsController } from './students.controller';
import { StudentsMapper } from './students.mapper';
import { StudentsMoodle } from './students.moodle';
import { StudentsParser } from './students.parser';
import { StudentsRepository } from './students.repository';
import { StudentsService } from './students.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([StudentEntity])],
  controllers: [StudentsController],
  providers: [StudentsMoodle, StudentsParser, StudentsMapper, StudentsRepository, StudentsService],
})
export class StudentsModule {}
