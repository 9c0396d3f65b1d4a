import { Injectable } from '@nestjs/common';
import { RecordMapper } from '../../sync/record-mapper';
import { program } from './programs.fields';

@Injectable()
export class ProgramsMapper extends RecordMapper {
  constructor() {
    super(program);
  }
}
