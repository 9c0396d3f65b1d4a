import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { grade } from './grades.fields';
import { GradesParser } from './grades.parser';
import { GradesRepository } from './grades.repository';

@Injectable()
export class GradesService extends SyncedService {
  constructor(engine: SyncEngine, parser: GradesParser, repository: GradesRepository) {
    super(engine, { definition: grade, parser, repository });
  }
}
