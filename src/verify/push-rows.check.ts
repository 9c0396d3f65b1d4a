import { Injectable } from '@nestjs/common';
import { Planner } from '../push/planning/planner';
import { recordOf } from '../push/targets/record-view';
import { nameOf, type TargetKey } from '../push/targets/target';
import { TargetRepository } from '../push/targets/target.repository';
import { PushSources } from '../push/wanted/push-source';
import { subjectOf } from '../push/wanted/subject';
import { EntityRegistry } from '../sync/entity-registry';
import type { Disagreement, Looked } from './disagreement';
import { PushScopes } from './push-scope';
import { idsAfter, lastOf, Snapshot } from './snapshot';

/** A place has many who attend it. */
const PLACES = 50;

/** Whether everything that the rows want in Moodle has a target. */
@Injectable()
export class PushRowsCheck {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly scopes: PushScopes,
    private readonly sources: PushSources,
    private readonly planner: Planner,
    private readonly targets: TargetRepository,
    private readonly entities: EntityRegistry,
  ) {}

  /** Of persons and places: all others are found by way of these. */
  async *run(tenantId: string): AsyncGenerator<Looked> {
    for (const source of this.sources.all)
      if (source.readUsers || source.readPlaces) yield* this.runEntity(tenantId, source.entity);
  }

  private runEntity(tenantId: string, entity: string): AsyncGenerator<Looked> {
    return this.snapshot.pages(tenantId, '', async (db, after) => {
      const scope = await this.scopes.of(db, tenantId);
      const ids = await idsAfter(db, tenantId, entity, after, PLACES);
      const { keys } = await this.planner.targetsOf(
        scope,
        ids.map((id) => subjectOf(entity, id)),
      );
      const known = await this.targets.findParents(db, tenantId, keys);
      const missing = keys.filter((key) => !known.has(nameOf(key)));
      const found = scope.isPlanned ? missing.map((key) => this.tell(key)) : [];
      const undecided = scope.isPlanned ? 0 : missing.length;
      return { looked: { check: 'push', count: 0, found, undecided }, last: lastOf(ids, PLACES) };
    });
  }

  private tell({ kind, subject, place }: TargetKey): Disagreement {
    const { entity, zoho_id: zohoId } = recordOf(this.entities, subject);
    const what = place === '' ? kind : `${kind} in ${place.replace('/', ' of ')}`;
    return { check: 'push', entity, zohoId, message: `its ${what} is wanted in Moodle, and nobody pushes it` };
  }
}
