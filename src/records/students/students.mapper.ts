import { Injectable } from '@nestjs/common';
import { textOf } from '../../sync/fields';
import { type ColumnValues, RecordMapper } from '../../sync/record-mapper';
import type { CanonicalValues } from '../../sync/record';
import { student } from './students.fields';

@Injectable()
export class StudentsMapper extends RecordMapper {
  constructor() {
    super(student, [{ name: 'username', type: 'text' }]);
  }

  /** Moodle refuses a username with an upper-case letter. */
  protected override derive({ academic_email: email }: CanonicalValues): ColumnValues {
    return { username: textOf(email)?.toLowerCase() ?? null };
  }
}
