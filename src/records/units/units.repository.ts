import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { UnitsMapper } from './units.mapper';

@Injectable()
export class UnitsRepository extends SyncedRepository {
  constructor(mapper: UnitsMapper) {
    super(mapper);
  }
}
