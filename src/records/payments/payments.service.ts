import { Injectable } from '@nestjs/common';
import { SyncEngine } from '../../sync/sync-engine';
import { SyncedService } from '../../sync/synced.service';
import { payment } from './payments.fields';
import { PaymentsParser } from './payments.parser';
import { PaymentsRepository } from './payments.repository';

@Injectable()
export class PaymentsService extends SyncedService {
  constructor(engine: SyncEngine, parser: PaymentsParser, repository: PaymentsRepository) {
    super(engine, { definition: payment, parser, repository });
  }
}
