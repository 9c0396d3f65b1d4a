import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { registration } from './registrations.fields';
import { RegistrationsParser } from './registrations.parser';
import { RegistrationsRepository } from './registrations.repository';

@Injectable()
export class RegistrationsService extends SyncedService {
  constructor(engine: SyncEngine, parser: RegistrationsParser, repository: RegistrationsRepository) {
    super(engine, { definition: registration, parser, repository });
  }
}
