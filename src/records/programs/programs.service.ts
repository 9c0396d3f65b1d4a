import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { program } from './programs.fields';
import { ProgramsParser } from './programs.parser';
import { ProgramsRepository } from './programs.repository';

@Injectable()
export class ProgramsService extends SyncedService {
  constructor(engine: SyncEngine, parser: ProgramsParser, repository: ProgramsRepository) {
    super(engine, { definition: program, parser, repository });
  }
}
