import { Injectable } from '@nestjs/common';
import { moodleHint } from '../../push/wanted/moodle-hint';
import {
  type Attendance,
  type AttendanceFilter,
  type PushSource,
  PushSources,
  type Scope,
  type WantedPlace,
} from '../../push/wanted/push-source';
import { readRows, type SourceRow } from '../../push/wanted/read-rows';
import { PLACE_WORDS, standingOf } from '../../push/wanted/standing';
import { idsOf, type Subject, subjectOf } from '../../push/wanted/subject';
import { textOf } from '../../sync/fields';
import type { CanonicalValues } from '../../sync/record';

const COLUMNS = [
  'name',
  'short_name',
  'status',
  'start_date',
  'end_date',
  'program_zoho_id',
  'teacher_zoho_id',
  'zoho_moodle_id',
];

/** A class is a section and a group in its program's course, or a course; its teacher attends it. */
@Injectable()
export class ClassesMoodle implements PushSource {
  readonly entity = 'class';

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(zohoId: string, values: CanonicalValues): Subject[] {
    const teacher = textOf(values['teacher']);
    return [subjectOf(this.entity, zohoId), ...(teacher === null ? [] : [subjectOf('teacher', teacher)])];
  }

  async readPlaces(scope: Scope, zohoIds: readonly string[]): Promise<Map<string, WantedPlace>> {
    const rows = await readRows(scope, this.entity, COLUMNS, zohoIds);
    return new Map(
      rows.map((row) => {
        const program = row['program_zoho_id'] ?? null;
        return [
          row['zoho_id'] ?? '',
          {
            standing: this.standingOf(row, scope),
            name: row['name'] ?? '',
            shortName: row['short_name'] ?? null,
            startDate: row['start_date'] ?? null,
            endDate: row['end_date'] ?? null,
            within: program === null ? null : subjectOf('program', program),
            moodleHint: moodleHint(row['zoho_moodle_id']),
          },
        ];
      }),
    );
  }

  /** The teachers of classes; a teacher stays for as long as the class is active. */
  async readAttendances(scope: Scope, { persons = [], places = [] }: AttendanceFilter): Promise<Attendance[]> {
    const named = 'row.teacher_zoho_id IS NOT NULL AND row';
    const rows = [
      ...(await readRows(
        scope,
        this.entity,
        COLUMNS,
        idsOf('teacher', persons),
        `${named}.teacher_zoho_id = ANY($2::text[])`,
      )),
      ...(await readRows(
        scope,
        this.entity,
        COLUMNS,
        idsOf(this.entity, places),
        `${named}.zoho_id = ANY($2::text[])`,
      )),
    ];
    return rows.map((row) => ({
      person: subjectOf('teacher', row['teacher_zoho_id'] ?? ''),
      place: subjectOf(this.entity, row['zoho_id'] ?? ''),
      role: 'teacher',
      standing: this.standingOf(row, scope),
      startDate: null,
      endDate: null,
    }));
  }

  private standingOf(row: SourceRow, { settings }: Scope): WantedPlace['standing'] {
    return standingOf(row['status'] ?? null, 'classes', PLACE_WORDS, settings);
  }
}
