import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { RegistrationsMapper } from './registrations.mapper';

@Injectable()
export class RegistrationsRepository extends SyncedRepository {
  constructor(mapper: RegistrationsMapper) {
    super(mapper);
  }
}
