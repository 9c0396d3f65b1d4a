import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { RegistrationEntity } from './registration.entity';
import { RegistrationsController } from './registrations.controller';
import { RegistrationsMapper } from './registrations.mapper';
import { RegistrationsMoodle } from './registrations.moodle';
import { RegistrationsParser } from './registrations.parser';
import { RegistrationsRepository } from './registrations.repository';
import { RegistrationsService } from './registrations.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([RegistrationEntity])],
  controllers: [RegistrationsController],
  providers: [
    RegistrationsMoodle,
    RegistrationsParser,
    RegistrationsMapper,
    RegistrationsRepository,
    RegistrationsService,
  ],
})
export class RegistrationsModule {}
