import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import { payment } from './payments.fields';

@Injectable()
export class PaymentsParser extends IngressParser {
  constructor() {
    super(payment);
  }
}
