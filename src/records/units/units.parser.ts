import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import { unit } from './units.fields';

@Injectable()
export class UnitsParser extends IngressParser {
  constructor() {
    super(unit);
  }
}
