import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { enrollment } from './enrollments.fields';
import { EnrollmentsParser } from './enrollments.parser';
import { EnrollmentsRepository } from './enrollments.repository';

@Injectable()
export class EnrollmentsService extends SyncedService {
  constructor(engine: SyncEngine, parser: EnrollmentsParser, repository: EnrollmentsRepository) {
    super(engine, { definition: enrollment, parser, repository });
  }
}
