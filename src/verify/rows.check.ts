import { Injectable } from '@nestjs/common';
import type { EntityDefinition } from '../sync/fields';
import { FingerprintService } from '../sync/fingerprint.service';
import type { RowState } from '../sync/row-state';
import type { SyncedParts } from '../sync/synced-parts';
import type { Disagreement, Looked } from './disagreement';
import { idsAfter, lastOf, Snapshot } from './snapshot';

/** Whether each row has the fingerprint of its content. */
@Injectable()
export class RowsCheck {
  private readonly younger = new Map<string, readonly EntityDefinition[]>();

  constructor(
    private readonly snapshot: Snapshot,
    private readonly fingerprints: FingerprintService,
  ) {}

  run(tenantId: string, parts: SyncedParts): AsyncGenerator<Looked> {
    return this.snapshot.pages(tenantId, '', async (db, after) => {
      const ids = await idsAfter(db, tenantId, parts.definition.name, after);
      const states = await parts.repository.readStates(db, tenantId, ids);
      const found = [...states].flatMap(([zohoId, state]) => this.judge(parts.definition, zohoId, state));
      return { looked: { check: 'fingerprint', count: states.size, found }, last: lastOf(ids) };
    });
  }

  private judge(definition: EntityDefinition, zohoId: string, { values, fingerprint }: RowState): Disagreement[] {
    if (fingerprint === this.fingerprints.fingerprint(definition, values)) return [];
    const fields = Object.keys(definition.fields);
    for (const [at, former] of this.formerOf(definition).entries()) {
      if (values[fields[fields.length - 1 - at] ?? ''] !== null) break;
      if (fingerprint === this.fingerprints.fingerprint(former, values)) return [];
    }
    const message = 'the row is not what its fingerprint says: it was changed past the service, or damaged';
    return [{ check: 'fingerprint', entity: definition.plural, zohoId, message }];
  }

  /**
   * The declaration as it was before its last fields were added, one by one: a row that has no value there keeps the
   * fingerprint of that time until it changes.
   */
  private formerOf(definition: EntityDefinition): readonly EntityDefinition[] {
    let known = this.younger.get(definition.name);
    if (!known) {
      const fields = Object.entries(definition.fields);
      known = fields.map((_field, at) => ({ ...definition, fields: Object.fromEntries(fields.slice(0, -1 - at)) }));
      this.younger.set(definition.name, known);
    }
    return known;
  }
}
