import { Injectable } from '@nestjs/common';
import { moodleHint } from '../../push/wanted/moodle-hint';
import { personName } from '../../push/wanted/person-name';
import { type PushSource, PushSources, type Scope, type WantedUser } from '../../push/wanted/push-source';
import { readRows } from '../../push/wanted/read-rows';
import { standingOf } from '../../push/wanted/standing';
import { type Subject, subjectOf } from '../../push/wanted/subject';

const WORDS = {
  suspended: ['freezed', 'withdraw', 'blocked', 'graduated', 'passive', 'unregistered', 'inactive'],
  pending: ['pending', 'enrollment form', 'account creation'],
};
const COLUMNS = ['academic_email', 'display_name', 'first_name', 'last_name', 'status', 'zoho_moodle_id'];

/** A student is a user of Moodle. */
@Injectable()
export class StudentsMoodle implements PushSource {
  readonly entity = 'student';

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(zohoId: string): Subject[] {
    return [subjectOf(this.entity, zohoId)];
  }

  async readUsers(scope: Scope, zohoIds: readonly string[]): Promise<Map<string, WantedUser>> {
    const rows = await readRows(scope, this.entity, COLUMNS, zohoIds);
    return new Map(
      rows.map((row) => [
        row['zoho_id'] ?? '',
        {
          standing: standingOf(row['status'] ?? null, 'students', WORDS, scope.settings),
          email: row['academic_email'] ?? null,
          ...personName(row['display_name'] ?? null, row['first_name'], row['last_name']),
          moodleHint: moodleHint(row['zoho_moodle_id']),
        },
      ]),
    );
  }
}
