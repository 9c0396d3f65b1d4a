import { Injectable } from '@nestjs/common';
import type { Scope } from '../wanted/push-source';
import { idIn, type Subject } from '../wanted/subject';
import { type Kind, nameOf, type Settlement, type TargetKey } from '../targets/target';
import { type Parent, TargetRepository } from '../targets/target.repository';
import { waitFor } from './outcomes';

/** A target as a parent of another. */
export const parentKey = (kind: Kind, subject: string, place = ''): TargetKey => ({
  kind,
  subject: subject as Subject,
  place,
});

/** The targets that others depend on, as they stand. */
export class Parents {
  constructor(private readonly found: ReadonlyMap<string, Parent>) {}

  /** Moodle's id, or that of the child nothing can become yet. */
  idOf(key: TargetKey): number | Settlement {
    return this.found.get(nameOf(key))?.moodleId ?? this.waitFor(key);
  }

  isActive(key: TargetKey): boolean {
    return this.found.get(nameOf(key))?.isActive ?? false;
  }

  waitFor(key: TargetKey): Settlement {
    const parent = this.found.get(nameOf(key));
    const [entity] = key.subject.split(':');
    const what = `the ${key.kind} of ${entity} ${idIn(key.subject)}`;
    const why = parent?.message ?? (parent ? 'it is not in Moodle yet' : `there is no such ${entity}`);
    return waitFor(`no_${key.kind}`, `Cannot push: waits for ${what}: ${why}`, [nameOf(key)]);
  }
}

@Injectable()
export class ParentReader {
  constructor(private readonly targets: TargetRepository) {}

  /** One statement. */
  async read({ db, tenantId }: Scope, keys: readonly TargetKey[]): Promise<Parents> {
    return new Parents(keys.length === 0 ? new Map() : await this.targets.findParents(db, tenantId, keys));
  }
}
