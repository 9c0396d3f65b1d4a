import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { registration } from './registrations.fields';

@Injectable()
export class RegistrationsMapper extends RecordMapper {
  constructor() {
    super(registration);
  }
}
