import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { teacher } from './teachers.fields';
import { TeachersParser } from './teachers.parser';
import { TeachersRepository } from './teachers.repository';

@Injectable()
export class TeachersService extends SyncedService {
  constructor(engine: SyncEngine, parser: TeachersParser, repository: TeachersRepository) {
    super(engine, { definition: teacher, parser, repository });
  }
}
