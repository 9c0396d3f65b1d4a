import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { teacher } from './teachers.fields';

@Injectable()
export class TeachersMapper extends RecordMapper {
  constructor() {
    super(teacher);
  }
}
