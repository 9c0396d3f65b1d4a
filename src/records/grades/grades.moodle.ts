import { Injectable } from '@nestjs/common';
import { type PushSource, PushSources, type Scope, type WantedGrade } from '../../push/wanted/push-source';
import { readRows } from '../../push/wanted/read-rows';
import { standingOf } from '../../push/wanted/standing';
import { idsOf, type Subject, subjectOf } from '../../push/wanted/subject';
import { textOf } from '../../sync/fields';
import type { CanonicalValues } from '../../sync/record';

/** Words of grades that are not for students yet. */
const WORDS = { suspended: [], pending: ['pending', 'draft', 'not released', 'unreleased', 'withheld'] };
const COLUMNS = [
  'student_zoho_id',
  'unit_zoho_id',
  'class_zoho_id',
  'grade',
  'score',
  'status',
  'attempt',
  'date',
  'feedback',
];

/** A grade goes into the activity that the profile names for its unit. */
@Injectable()
export class GradesMoodle implements PushSource {
  readonly entity = 'grade';
  readonly seat = { person: 'student', place: 'unit', kinds: ['grade'] } as const;

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(_zohoId: string, values: CanonicalValues): Subject[] {
    const student = textOf(values['student']);
    return student === null ? [] : [subjectOf('student', student)];
  }

  async readGrades(scope: Scope, persons: readonly Subject[]): Promise<WantedGrade[]> {
    const students = idsOf('student', persons);
    const rows = await readRows(scope, this.entity, COLUMNS, students, 'row.student_zoho_id = ANY($2::text[])');
    return rows.flatMap((row) => {
      const { student_zoho_id: student, unit_zoho_id: unit, status = null, score = null } = row;
      if (!student || !unit || standingOf(status, 'grades', WORDS, scope.settings) === 'pending') return [];
      return {
        zohoId: row['zoho_id'] ?? '',
        person: subjectOf('student', student),
        unit,
        class: row['class_zoho_id'] ?? null,
        word: row['grade'] ?? null,
        score: score === null ? null : Number(score),
        attempt: Number(row['attempt'] ?? 0),
        date: row['date'] ?? null,
        feedback: row['feedback'] ?? null,
      };
    });
  }
}
