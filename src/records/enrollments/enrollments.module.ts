import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { EnrollmentEntity } from './enrollment.entity';
import { EnrollmentsController } from './enrollments.controller';
import { EnrollmentsMapper } from './enrollments.mapper';
import { EnrollmentsMoodle } from './enrollments.moodle';
import { EnrollmentsParser } from './enrollments.parser';
import { EnrollmentsRepository } from './enrollments.repository';
import { EnrollmentsService } from './enrollments.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([EnrollmentEntity])],
  controllers: [EnrollmentsController],
  providers: [EnrollmentsMoodle, EnrollmentsParser, EnrollmentsMapper, EnrollmentsRepository, EnrollmentsService],
})
export class EnrollmentsModule {}
