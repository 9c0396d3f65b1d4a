import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { TeacherEntity } from './teacher.entity';
import { TeachersController } from './teachers.controller';
import { TeachersMapper } from './teachers.mapper';
import { TeachersMoodle } from './teachers.moodle';
import { TeachersParser } from './teachers.parser';
import { TeachersRepository } from './teachers.repository';
import { TeachersService } from './teachers.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([TeacherEntity])],
  controllers: [TeachersController],
  providers: [TeachersMoodle, TeachersParser, TeachersMapper, TeachersRepository, TeachersService],
})
export class TeachersModule {}
