import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { payment } from './payments.fields';

@Injectable()
export class PaymentsMapper extends RecordMapper {
  constructor() {
    super(payment);
  }
}
