import { Injectable } from '@nestjs/common';
import { type PushSource, PushSources, type Scope, type WantedRegistration } from '../../push/wanted/push-source';
import { readRows } from '../../push/wanted/read-rows';
import { standingOf } from '../../push/wanted/standing';
import { idsOf, type Subject, subjectOf } from '../../push/wanted/subject';
import { textOf } from '../../sync/fields';
import type { CanonicalValues } from '../../sync/record';

const WORDS = {
  suspended: ['end', 'inactive', 'cancelled', 'withdrawn', 'withdraw', 'suspended', 'completed', 'dropped', 'rejected'],
  pending: ['pending', 'draft'],
};
const COLUMNS = ['student_zoho_id', 'program_zoho_id', 'status'];

/** A registration puts its student into the cohort of its program, where the tenant wants cohorts. */
@Injectable()
export class RegistrationsMoodle implements PushSource {
  readonly entity = 'registration';
  readonly seat = { person: 'student', place: 'program', kinds: ['cohort_membership'] } as const;

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(_zohoId: string, values: CanonicalValues): Subject[] {
    const student = textOf(values['student']);
    return student === null ? [] : [subjectOf('student', student)];
  }

  async readRegistrations(scope: Scope, persons: readonly Subject[]): Promise<WantedRegistration[]> {
    const students = idsOf('student', persons);
    const rows = await readRows(scope, this.entity, COLUMNS, students, 'row.student_zoho_id = ANY($2::text[])');
    return rows.flatMap(({ student_zoho_id: student, program_zoho_id: program, status = null }) =>
      student && program
        ? {
            person: subjectOf('student', student),
            place: subjectOf('program', program),
            standing: standingOf(status, 'registrations', WORDS, scope.settings),
          }
        : [],
    );
  }
}
