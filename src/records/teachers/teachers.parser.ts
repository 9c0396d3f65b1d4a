import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import { teacher } from './teachers.fields';

@Injectable()
export class TeachersParser extends IngressParser {
  constructor() {
    super(teacher);
  }
}
