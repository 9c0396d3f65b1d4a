import { Injectable } from '@nestjs/common';
import { moodleHint } from '../../push/wanted/moodle-hint';
import { type PushSource, PushSources, type Scope, type WantedPlace } from '../../push/wanted/push-source';
import { readRows } from '../../push/wanted/read-rows';
import { PLACE_WORDS, standingOf } from '../../push/wanted/standing';
import { type Subject, subjectOf } from '../../push/wanted/subject';

/** A program is a course of Moodle, or a category of courses. */
@Injectable()
export class ProgramsMoodle implements PushSource {
  readonly entity = 'program';

  constructor(sources: PushSources) {
    sources.add(this);
  }

  subjects(zohoId: string): Subject[] {
    return [subjectOf(this.entity, zohoId)];
  }

  async readPlaces(scope: Scope, zohoIds: readonly string[]): Promise<Map<string, WantedPlace>> {
    const rows = await readRows(scope, this.entity, ['name', 'code', 'status', 'zoho_moodle_id'], zohoIds);
    return new Map(
      rows.map((row) => [
        row['zoho_id'] ?? '',
        {
          standing: standingOf(row['status'] ?? null, 'programs', PLACE_WORDS, scope.settings),
          name: row['name'] ?? '',
          shortName: row['code'] ?? null,
          startDate: null,
          endDate: null,
          within: null,
          moodleHint: moodleHint(row['zoho_moodle_id']),
        },
      ]),
    );
  }
}
