import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { grade } from './grades.fields';

@Injectable()
export class GradesMapper extends RecordMapper {
  constructor() {
    super(grade);
  }
}
