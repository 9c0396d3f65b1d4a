import { Injectable } from '@nestjs/common';
import { RowReader } from '../../sync/row-reader';
import { SyncPipeline } from '../../sync/sync-pipeline';
import { SyncedService } from '../../sync/synced.service';
import { StudentsRepository } from './students.repository';
import { StudentsParser } from './students.parser';
import { student } from './students.fields';

@Injectable()
export class StudentsService extends SyncedService {
  constructor(pipeline: SyncPipeline, reader: RowReader, parser: StudentsParser, repository: StudentsRepository) {
    super(pipeline, reader, { definition: student, parser, repository });
  }
}
