import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { classDefinition } from './classes.fields';

@Injectable()
export class ClassesMapper extends RecordMapper {
  constructor() {
    super(classDefinition);
  }
}
