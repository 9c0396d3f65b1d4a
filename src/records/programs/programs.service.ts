import { Injectable } from '@nestjs/common';
import { RowReader } from '../../sync/row-reader';
import { SyncPipeline } from '../../sync/sync-pipeline';
import { SyncedService } from '../../sync/synced.service';
import { ProgramsRepository } from './programs.repository';
import { ProgramsParser } from './programs.parser';
import { program } from './programs.fields';

@Injectable()
export class ProgramsService extends SyncedService {
  constructor(pipeline: SyncPipeline, reader: RowReader, parser: ProgramsParser, repository: ProgramsRepository) {
    super(pipeline, reader, { definition: program, parser, repository });
  }
}
