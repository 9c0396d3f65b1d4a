import { Injectable } from '@nestjs/common';
import { SyncedRepository } from '../../sync/synced.repository';
import { PaymentsMapper } from './payments.mapper';

@Injectable()
export class PaymentsRepository extends SyncedRepository {
  constructor(mapper: PaymentsMapper) {
    super(mapper);
  }
}
