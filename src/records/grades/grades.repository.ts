import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { GradesMapper } from './grades.mapper';

@Injectable()
export class GradesRepository extends SyncedRepository {
  constructor(mapper: GradesMapper) {
    super(mapper);
  }
}
