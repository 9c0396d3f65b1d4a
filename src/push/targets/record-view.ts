import type { EntityRegistry } from '../../sync/entity-registry';
import { idIn } from '../wanted/subject';

/** A record of ours as answers name it. */
export interface RecordView {
  /** as in the routes: `students` */
  readonly entity: string;
  readonly zoho_id: string;
}

export function recordOf(entities: EntityRegistry, subject: string): RecordView {
  const zohoId = idIn(subject);
  const name = subject.slice(0, -zohoId.length - 1);
  return { entity: entities.find(name)?.definition.plural ?? name, zoho_id: zohoId };
}

/** What a target is in: of an enrolment, the course's record; empty for what stands alone. */
export const recordsIn = (entities: EntityRegistry, place: string): RecordView[] =>
  place === '' ? [] : place.split('/').map((subject) => recordOf(entities, subject));
