import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { EntityRegistry } from '../sync/entity-registry';
import { textOf } from '../sync/fields';
import type { CanonicalValues } from '../sync/record';
import type { MissingParent, RowState } from '../sync/row-state';
import type { Disagreement, Looked } from './disagreement';
import { lastOf, PAGE, Snapshot } from './snapshot';

interface WaitingLine {
  readonly entity: string;
  readonly zoho_id: string;
  readonly state: string;
  readonly carried: CanonicalValues;
  readonly version: Date | null;
  readonly missing: readonly MissingParent[];
  /** for whom it waits, each as `entity id` */
  readonly awaits: readonly string[];
  /** it has waited like this since the sweep of the last minutes */
  readonly is_settled: boolean;
}

type Position = readonly [entity: string, zohoId: string];

const positionOf = (line: { readonly entity: string; readonly zoho_id: string }): Position => [
  line.entity,
  line.zoho_id,
];

/** A sweep comes each minute: what should have been released is left alone for so long. */
const SETTLED_MINUTES = 5;

/** Whether what waits has a reason to, and is found by whom it waits for. */
@Injectable()
export class WaitingCheck {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly entities: EntityRegistry,
  ) {}

  async *run(tenantId: string): AsyncGenerator<Looked> {
    yield* this.snapshot.pages(tenantId, ['', ''] as Position, async (db, after) => {
      const lines = await readLines(db, tenantId, after);
      const rows = await this.readRows(db, tenantId, lines);
      const arrived = await this.findArrived(db, tenantId, lines);
      const found = lines.flatMap((line) => {
        const faults = this.judge(line, rows.get(`${line.entity} ${line.zoho_id}`) ?? null, arrived);
        return faults.map((message) => this.tell(line, message));
      });
      const last = lastOf(lines);
      return { looked: { check: 'waiting', count: lines.length, found }, last: last && positionOf(last) };
    });
    yield* this.strays(tenantId);
  }

  private judge(line: WaitingLine, row: RowState | null, arrived: ReadonlySet<string>): string[] {
    if (!this.entities.find(line.entity)) return ['it waits as a record of an entity that there is not'];
    if (line.state === 'empty') return ['it waits with nothing in it: the transaction that locked it has left it'];
    const isOpen = line.state === 'waiting' || line.state === 'failed';
    const faults: string[] = [];
    if (isOpen && row?.version && line.version && line.version.toISOString() < row.version)
      faults.push('what waits is older than its row, and would be applied to it');
    const wanted = line.state === 'waiting' ? line.missing.map(({ entity, zohoId }) => `${entity} ${zohoId}`) : [];
    if (!isSame(new Set(wanted), new Set(line.awaits)))
      faults.push('whom it waits for and who is to release it are not the same');
    if (line.state === 'waiting') faults.push(...judgeParents(line, row, arrived));
    return faults;
  }

  private tell({ entity, zoho_id: zohoId }: Pick<WaitingLine, 'entity' | 'zoho_id'>, message: string): Disagreement {
    return { check: 'waiting', entity: this.entities.find(entity)?.definition.plural ?? entity, zohoId, message };
  }

  /** The rows under the ids that wait, by entity and id. */
  private async readRows(
    db: TenantDb,
    tenantId: string,
    lines: readonly WaitingLine[],
  ): Promise<Map<string, RowState>> {
    const rows = new Map<string, RowState>();
    for (const [entity, own] of Map.groupBy(lines, (line) => line.entity)) {
      const ids = own.map((line) => line.zoho_id);
      const states = await this.entities.find(entity)?.repository.readStates(db, tenantId, ids);
      for (const [id, state] of states ?? []) rows.set(`${entity} ${id}`, state);
    }
    return rows;
  }

  /** Of all that is waited for, what is stored, and has been for a while. */
  private async findArrived(db: TenantDb, tenantId: string, lines: readonly WaitingLine[]): Promise<Set<string>> {
    const parents = lines.flatMap(({ missing }) => missing);
    const arrived = new Set<string>();
    for (const [entity, own] of Map.groupBy(parents, (parent) => parent.entity)) {
      if (!this.entities.find(entity)) continue;
      const rows = await db.query<{ zoho_id: string }[]>(
        `SELECT zoho_id FROM "${entity}" WHERE tenant_id = $1 AND zoho_id = ANY($2::text[]) AND deleted_at IS NULL
           AND updated_at < clock_timestamp() - ${SETTLED_MINUTES} * interval '1 minute'`,
        [tenantId, own.map(({ zohoId }) => zohoId)],
      );
      for (const row of rows) arrived.add(`${entity} ${row.zoho_id}`);
    }
    return arrived;
  }

  /** Who is to release something that does not wait. */
  private strays(tenantId: string): AsyncGenerator<Looked> {
    return this.snapshot.pages(tenantId, ['', ''] as Position, async (db, after) => {
      const lines = await db.query<{ entity: string; zoho_id: string; is_there: boolean }[]>(
        `SELECT DISTINCT entity, zoho_id, EXISTS (SELECT FROM deferred_record AS waiting
           WHERE waiting.tenant_id = $1 AND waiting.entity = parent.entity AND waiting.zoho_id = parent.zoho_id) AS is_there
         FROM deferred_parent AS parent WHERE tenant_id = $1 AND (entity, zoho_id) > ($2, $3)
         ORDER BY entity, zoho_id LIMIT $4`,
        [tenantId, ...after, PAGE],
      );
      const found = lines
        .filter((line) => !line.is_there)
        .map((line) => this.tell(line, 'somebody is to release it, and it does not wait'));
      const last = lastOf(lines);
      return { looked: { check: 'waiting', count: 0, found }, last: last && positionOf(last) };
    });
  }
}

function judgeParents(
  { carried, missing, is_settled: isSettled }: WaitingLine,
  row: RowState | null,
  arrived: ReadonlySet<string>,
): string[] {
  if (missing.length === 0) return ['it waits for nobody'];
  const faults = missing
    .filter(({ field, zohoId }) => textOf(field in carried ? carried[field] : row?.values[field]) !== zohoId)
    .map(({ field, zohoId }) => `it waits for ${field} ${zohoId}, and names another`);
  const isReady = missing.every(({ entity, zohoId }) => arrived.has(`${entity} ${zohoId}`));
  if (isReady && isSettled) faults.push('all that it waits for is stored, and nobody has applied it');
  return faults;
}

const readLines = (db: TenantDb, tenantId: string, after: Position): Promise<WaitingLine[]> =>
  db.query(
    `SELECT entity, zoho_id, state, carried, version, missing,
       updated_at < clock_timestamp() - ${SETTLED_MINUTES} * interval '1 minute' AS is_settled,
       ARRAY(SELECT parent_entity || ' ' || parent_zoho_id FROM deferred_parent AS parent
         WHERE parent.tenant_id = $1 AND parent.entity = waiting.entity AND parent.zoho_id = waiting.zoho_id) AS awaits
     FROM deferred_record AS waiting WHERE tenant_id = $1 AND (entity, zoho_id) > ($2, $3)
     ORDER BY entity, zoho_id LIMIT $4`,
    [tenantId, ...after, PAGE],
  );

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.symmetricDifference(b).size === 0;
