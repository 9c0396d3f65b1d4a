import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { StudentsMapper } from './students.mapper';

@Injectable()
export class StudentsRepository extends SyncedRepository {
  constructor(mapper: StudentsMapper) {
    super(mapper);
  }
}
