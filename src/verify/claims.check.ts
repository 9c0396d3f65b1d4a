import { Injectable } from '@nestjs/common';
import { uniqueField, uniqueValueOf } from '../sync/row-state';
import type { SyncedParts } from '../sync/synced-parts';
import { UniqueValuesRepository } from '../sync/unique-values.repository';
import type { Disagreement, Looked } from './disagreement';
import { idsAfter, lastOf, PAGE, Snapshot } from './snapshot';

interface ClaimLine {
  readonly value: string;
  readonly zoho_id: string;
}

/** Whether every row has claimed its unique value, and every claim is that of a row which has the value. */
@Injectable()
export class ClaimsCheck {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly claims: UniqueValuesRepository,
  ) {}

  async *run(tenantId: string, parts: SyncedParts): AsyncGenerator<Looked> {
    if (uniqueField(parts.definition) === undefined) return;
    yield* this.rows(tenantId, parts);
    yield* this.lines(tenantId, parts);
  }

  /** The values themselves are told to nobody: they are addresses. */
  private rows(tenantId: string, { definition, repository }: SyncedParts): AsyncGenerator<Looked> {
    const { name, plural } = definition;
    const field = uniqueField(definition) ?? '';
    return this.snapshot.pages(tenantId, '', async (db, after) => {
      const ids = await idsAfter(db, tenantId, name, after);
      const values = new Map<string, string>();
      for (const [id, state] of await repository.readStates(db, tenantId, ids)) {
        const value = uniqueValueOf(definition, state);
        if (value !== null) values.set(id, value);
      }
      const holders = await this.claims.readHolders(db, tenantId, name, [...values.values()]);
      const found = [...values].flatMap(([zohoId, value]): Disagreement[] => {
        const holder = holders.get(value);
        if (holder === zohoId) return [];
        const who = holder === undefined ? 'nobody has claimed it' : `the claim is that of ${holder}`;
        return [{ check: 'claim', entity: plural, zohoId, message: `its ${field} is not its own: ${who}` }];
      });
      return { looked: { check: 'claim', count: values.size, found }, last: lastOf(ids) };
    });
  }

  private lines(tenantId: string, { definition, repository }: SyncedParts): AsyncGenerator<Looked> {
    const field = uniqueField(definition) ?? '';
    return this.snapshot.pages(tenantId, '', async (db, after) => {
      const lines = await db.query<ClaimLine[]>(
        `SELECT value, zoho_id FROM unique_value
         WHERE tenant_id = $1 AND entity = $2 AND value > $3 ORDER BY value LIMIT $4`,
        [tenantId, definition.name, after, PAGE],
      );
      const ids = [...new Set(lines.map((line) => line.zoho_id))];
      const states = await repository.readStates(db, tenantId, ids);
      const found = lines
        .filter((line) => uniqueValueOf(definition, states.get(line.zoho_id) ?? null) !== line.value)
        .map(({ zoho_id: zohoId }): Disagreement => {
          const message = `its claim is on a value of ${field} that it does not have, and no other can have`;
          return { check: 'claim', entity: definition.plural, zohoId, message };
        });
      return { looked: { check: 'claim', count: lines.length, found }, last: lastOf(lines)?.value ?? null };
    });
  }
}
