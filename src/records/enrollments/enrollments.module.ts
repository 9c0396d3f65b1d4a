import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../../sync/sync.module';
import { EnrollmentEntity } from './enrollment.entity';
import { EnrollmentsController } from './enrollments.controller';
import { EnrollmentsMapper } from './enrollments.mapper';
import { EnrollmentsParser } from './enrollments.parser';
import { EnrollmentsRepository } from './enrollments.repository';
import { EnrollmentsService } from './enrollments.service';

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature([EnrollmentEntity])],
  controllers: [EnrollmentsController],
  providers: [EnrollmentsParser, EnrollmentsMapper, EnrollmentsRepository, EnrollmentsService],
})
export class EnrollmentsModule {}
