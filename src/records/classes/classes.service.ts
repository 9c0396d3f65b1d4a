import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { classDefinition } from './classes.fields';
import { ClassesParser } from './classes.parser';
import { ClassesRepository } from './classes.repository';

@Injectable()
export class ClassesService extends SyncedService {
  constructor(engine: SyncEngine, parser: ClassesParser, repository: ClassesRepository) {
    super(engine, { definition: classDefinition, parser, repository });
  }
}
