import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { TeachersMapper } from './teachers.mapper';

@Injectable()
export class TeachersRepository extends SyncedRepository {
  constructor(mapper: TeachersMapper) {
    super(mapper);
  }
}
