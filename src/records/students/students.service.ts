import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { student } from './students.fields';
import { StudentsParser } from './students.parser';
import { StudentsRepository } from './students.repository';

@Injectable()
export class StudentsService extends SyncedService {
  constructor(engine: SyncEngine, parser: StudentsParser, repository: StudentsRepository) {
    super(engine, { definition: student, parser, repository });
  }
}
