import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import { registration } from './registrations.fields';

@Injectable()
export class RegistrationsParser extends IngressParser {
  constructor() {
    super(registration);
  }
}
