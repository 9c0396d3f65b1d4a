import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { ProgramsMapper } from './programs.mapper';

@Injectable()
export class ProgramsRepository extends SyncedRepository {
  constructor(mapper: ProgramsMapper) {
    super(mapper);
  }
}
