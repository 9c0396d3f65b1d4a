import { Injectable } from '@nestjs/common';
import {
  type Attendance,
  type AttendanceFilter,
  type PushSource,
  PushSources,
  type Scope,
} from '../../push/wanted/push-source';
import { readRows } from '../../push/wanted/read-rows';
import { standingOf } from '../../push/wanted/standing';
import { idsOf, type Subject, subjectOf } from '../../push/wanted/subject';
import { textOf } from '../../sync/fields';
import type { CanonicalValues } from '../../sync/record';

const WORDS = {
  suspended: ['withdrawn', 'inactive', 'suspended', 'cancelled', 'completed', 'dropped'],
  pending: ['pending'],
};
const COLUMNS = ['student_zoho_id', 'class_zoho_id', 'status', 'start_date', 'end_date'];

/** An enrollment lets its student attend its class. */
@Injectable()
export class EnrollmentsMoodle implements PushSource {
  readonly entity = 'enrollment';
  readonly seat = { person: 'student', place: 'class', kinds: ['enrolment', 'membership'] } as const;

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(_zohoId: string, values: CanonicalValues): Subject[] {
    const student = textOf(values['student']);
    return student === null ? [] : [subjectOf('student', student)];
  }

  async readAttendances(scope: Scope, { persons = [], places = [] }: AttendanceFilter): Promise<Attendance[]> {
    const rows = [
      ...(await readRows(
        scope,
        this.entity,
        COLUMNS,
        idsOf('student', persons),
        'row.student_zoho_id = ANY($2::text[])',
      )),
      ...(await readRows(scope, this.entity, COLUMNS, idsOf('class', places), 'row.class_zoho_id = ANY($2::text[])')),
    ];
    return rows.map((row) => ({
      person: subjectOf('student', row['student_zoho_id'] ?? ''),
      place: subjectOf('class', row['class_zoho_id'] ?? ''),
      role: 'student',
      standing: standingOf(row['status'] ?? null, 'enrollments', WORDS, scope.settings),
      startDate: row['start_date'] ?? null,
      endDate: row['end_date'] ?? null,
    }));
  }
}
