import { Injectable } from '@nestjs/common';
import { digestOf } from '../push/targets/digest';
import { recordOf } from '../push/targets/record-view';
import { type StoredTarget, StoredTargets } from '../push/targets/stored-targets';
import type { ClaimedTarget } from '../push/targets/target';
import type { Prepared } from '../push/kinds/target-kind';
import { TargetKinds } from '../push/kinds/target-kinds';
import type { Scope } from '../push/wanted/push-source';
import { EntityRegistry } from '../sync/entity-registry';
import type { Disagreement, Looked } from './disagreement';
import { PushScopes } from './push-scope';
import { lastOf, PAGE, Snapshot } from './snapshot';

const FIRST = '00000000-0000-0000-0000-000000000000';

/** Whether every target is in a state that it can leave, and what is told to be in Moodle is what the rows say. */
@Injectable()
export class PushTargetsCheck {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly scopes: PushScopes,
    private readonly stored: StoredTargets,
    private readonly kinds: TargetKinds,
    private readonly entities: EntityRegistry,
  ) {}

  async *run(tenantId: string): AsyncGenerator<Looked> {
    yield* this.snapshot.pages(tenantId, FIRST, async (db, after) => {
      const scope = await this.scopes.of(db, tenantId);
      const page = await this.stored.findPage(db, tenantId, after, PAGE);
      const broken = page.flatMap((one) => faultsOf(one).map((fault) => this.tell(one.target, fault)));
      const others = await this.findOthers(
        scope,
        page.filter(isAtRest).map(({ target }) => target),
      );
      const found = scope.isPlanned ? [...broken, ...others.map((target) => this.tell(target, OTHER))] : broken;
      const undecided = scope.isPlanned ? 0 : others.length;
      return { looked: { check: 'push', count: page.length, found, undecided }, last: lastOf(page)?.target.id ?? null };
    });
    yield await this.findShared(tenantId);
  }

  /** Those that would be pushed as something else now. */
  private async findOthers(scope: Scope, targets: readonly ClaimedTarget[]): Promise<ClaimedTarget[]> {
    const others: ClaimedTarget[] = [];
    for (const [kind, own] of Map.groupBy(targets, (target) => target.kind)) {
      const prepared = await this.kinds.inOrder.find((one) => one.kind === kind)?.prepare(scope, own);
      others.push(...(prepared ?? []).filter((one) => !isAsPushed(one)).map(({ target }) => target));
    }
    return others;
  }

  private async findShared(tenantId: string): Promise<Looked> {
    const shared = await this.snapshot.read(tenantId, (db) => this.stored.findShared(db, tenantId, PAGE));
    const found = shared.map(({ kind, moodleId, subjects }): Disagreement => {
      const [first = '', ...others] = subjects.map((subject) => recordOf(this.entities, subject));
      if (first === '') throw new Error('What is shared is shared by somebody');
      const names = others.map(({ entity, zoho_id: id }) => `${entity} ${id}`).join(', ');
      const message = `it is the same ${kind} ${moodleId} in Moodle as ${names}`;
      return { check: 'push', entity: first.entity, zohoId: first.zoho_id, message };
    });
    return { check: 'push', count: 0, found };
  }

  private tell({ kind, subject, place }: ClaimedTarget, fault: string): Disagreement {
    const { entity, zoho_id: zohoId } = recordOf(this.entities, subject);
    const what = place === '' ? kind : `${kind} in ${place.replace('/', ' of ')}`;
    return { check: 'push', entity, zohoId, message: `its ${what} ${fault}` };
  }
}

const OTHER = 'in Moodle is told to be as it should, and the rows say otherwise';

/** Nothing is on its way to it, nor in doubt. */
const isAtRest = ({ target, state, pushed, isDue, isLeased }: StoredTarget): boolean =>
  state === 'pushed' && target.wanted === pushed && !target.isDoubtful && !isDue && !isLeased;

function faultsOf({ target, state, pushed, isDue, isLeased, hold }: StoredTarget): string[] {
  const faults: string[] = [];
  if (BigInt(pushed) > BigInt(target.wanted)) faults.push('has more changes pushed than were wanted');
  const isBehind = BigInt(pushed) < BigInt(target.wanted);
  if (state === 'pushed' && isBehind && !isDue && !isLeased) faults.push('has changed since, and is not due');
  if (IS_TRIED.has(state) && !isDue && !isLeased) faults.push(`is ${state}, and is never tried`);
  if (state === 'held' && hold !== 'open') faults.push('is held back, and by no hold that is open');
  return faults;
}

const IS_TRIED: ReadonlySet<string> = new Set(['wanted', 'waiting', 'retrying']);

function isAsPushed(one: Prepared): boolean {
  const { moodleId, pushedDigest, isActive } = one.target;
  if (!one.settlement) return digestOf(one.wanted) === pushedDigest;
  const { settlement } = one;
  return (
    settlement.outcome === 'pushed' &&
    settlement.digest === pushedDigest &&
    settlement.moodleId === moodleId &&
    settlement.isActive === isActive
  );
}
