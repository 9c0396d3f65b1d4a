import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../../sync/sync.module';
import { RegistrationEntity } from './registration.entity';
import { RegistrationsController } from './registrations.controller';
import { RegistrationsMapper } from './registrations.mapper';
import { RegistrationsParser } from './registrations.parser';
import { RegistrationsRepository } from './registrations.repository';
import { RegistrationsService } from './registrations.service';

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature([RegistrationEntity])],
  controllers: [RegistrationsController],
  providers: [RegistrationsParser, RegistrationsMapper, RegistrationsRepository, RegistrationsService],
})
export class RegistrationsModule {}
