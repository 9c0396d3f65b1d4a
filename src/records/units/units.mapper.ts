import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { unit } from './units.fields';

@Injectable()
export class UnitsMapper extends RecordMapper {
  constructor() {
    super(unit);
  }
}
