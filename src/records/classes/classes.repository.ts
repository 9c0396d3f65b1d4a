import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { ClassesMapper } from './classes.mapper';

@Injectable()
export class ClassesRepository extends SyncedRepository {
  constructor(mapper: ClassesMapper) {
    super(mapper);
  }
}
