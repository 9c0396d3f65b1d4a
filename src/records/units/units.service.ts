import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { unit } from './units.fields';
import { UnitsParser } from './units.parser';
import { UnitsRepository } from './units.repository';

@Injectable()
export class UnitsService extends SyncedService {
  constructor(engine: SyncEngine, parser: UnitsParser, repository: UnitsRepository) {
    super(engine, { definition: unit, parser, repository });
  }
}
