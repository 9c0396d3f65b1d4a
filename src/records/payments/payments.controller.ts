import { EntityController, SyncedController } from '../synced.controller';
import { payment } from './payments.fields';
import { PaymentsService } from './payments.service';

@EntityController(payment)
export class PaymentsController extends SyncedController {
  constructor(payments: PaymentsService) {
    super(payments);
  }
}
