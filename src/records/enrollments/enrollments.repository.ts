import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { EnrollmentsMapper } from './enrollments.mapper';

@Injectable()
export class EnrollmentsRepository extends SyncedRepository {
  constructor(mapper: EnrollmentsMapper) {
    super(mapper);
  }
}
