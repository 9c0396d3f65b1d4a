import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import { enrollment } from './enrollments.fields';

@Injectable()
export class EnrollmentsParser extends IngressParser {
  constructor() {
    super(enrollment);
  }
}
