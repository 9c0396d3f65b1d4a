import { Injectable } from '@nestjs/common';
import { moodleHint } from '../../push/wanted/moodle-hint';
import { personName } from '../../push/wanted/person-name';
import { type PushSource, PushSources, type Scope, type WantedUser } from '../../push/wanted/push-source';
import { readRows } from '../../push/wanted/read-rows';
import { type Subject, subjectOf } from '../../push/wanted/subject';

/** A teacher is a user of Moodle as soon as a class names the teacher. */
@Injectable()
export class TeachersMoodle implements PushSource {
  readonly entity = 'teacher';

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(zohoId: string): Subject[] {
    return [subjectOf(this.entity, zohoId)];
  }

  async readUsers(scope: Scope, zohoIds: readonly string[]): Promise<Map<string, WantedUser>> {
    const rows = await readRows(
      scope,
      this.entity,
      ['name', 'academic_email', 'email', 'zoho_moodle_id'],
      zohoIds,
      `row.zoho_id = ANY($2::text[]) AND EXISTS (SELECT FROM class WHERE class.tenant_id = row.tenant_id
         AND class.teacher_zoho_id = row.zoho_id AND class.deleted_at IS NULL)`,
    );
    return new Map(
      rows.map((row) => [
        row['zoho_id'] ?? '',
        {
          standing: 'active',
          email: row['academic_email'] ?? row['email'] ?? null,
          ...personName(row['name'] ?? null),
          moodleHint: moodleHint(row['zoho_moodle_id']),
        },
      ]),
    );
  }
}
