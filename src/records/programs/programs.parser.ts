import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import { program } from './programs.fields';

@Injectable()
export class ProgramsParser extends IngressParser {
  constructor() {
    super(program);
  }
}
