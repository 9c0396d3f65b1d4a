import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../../sync/sync.module';
import { StudentEntity } from './student.entity';
import { StudentsController } from './students.controller';
import { StudentsMapper } from './students.mapper';
import { StudentsParser } from './students.parser';
import { StudentsRepository } from './students.repository';
import { StudentsService } from './students.service';

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature([StudentEntity])],
  controllers: [StudentsController],
  providers: [StudentsParser, StudentsMapper, StudentsRepository, StudentsService],
})
export class StudentsModule {}
