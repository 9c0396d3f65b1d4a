import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { enrollment } from './enrollments.fields';

@Injectable()
export class EnrollmentsMapper extends RecordMapper {
  constructor() {
    super(enrollment);
  }
}
