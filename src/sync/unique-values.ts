import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TenantDb } from '../database/tenant-db';
import type { RecordGroup } from './record-group';
import type { Claims, UniqueValuesRepository } from './unique-values.repository';

/** Where the claims of one entity in one tenant are kept. */
interface ClaimScope {
  readonly db: TenantDb;
  readonly tenantId: string;
  readonly entity: string;
}

/**
 * Gives each changed record the unique value that it asks for, or refuses it to that record alone. Swaps and
 * hand-overs within the batch succeed in whatever order they come: a value counts as free when the record that holds
 * it lets go of it in the same batch.
 */
export async function settleUniqueValues(
  claims: UniqueValuesRepository,
  { db, tenantId, entity }: ClaimScope,
  groups: readonly RecordGroup[],
): Promise<void> {
  const movers = groups.filter(asksForAnother).toSorted((a, b) => a.place - b.place);
  if (movers.length === 0) return;
  const asked = askedFor(movers);
  const taken = await claims.takeOrLock(db, tenantId, entity, asked);
  const locked = [...asked.keys()].filter((value) => !taken.has(value));
  const holders =
    locked.length > 0 ? await claims.readHolders(db, tenantId, entity, locked) : new Map<string, string>();
  await new Allotment(movers, holders).settle();
  const wanted = wantedClaims(movers);
  const stored = new Map([...holders, ...[...asked].filter(([value]) => taken.has(value))]);
  const handedOver: Claims = new Map([...wanted].filter(([value, zohoId]) => stored.get(value) !== zohoId));
  const givenUp = claimsToGiveUp(movers, stored, wanted);
  if (handedOver.size > 0) await claims.handOver(db, tenantId, entity, handedOver);
  if (givenUp.length > 0) await claims.giveUp(db, tenantId, entity, givenUp);
}

/** Every value that the groups may ask for or let go of, with the first that may have it. */
function askedFor(movers: readonly RecordGroup[]): Claims {
  const asked: Claims = new Map();
  for (const group of movers) {
    const held = group.uniqueValue(group.row);
    for (const value of held === null ? group.candidates() : [...group.candidates(), held]) {
      if (!asked.has(value)) asked.set(value, group.zohoId);
    }
  }
  return asked;
}

/** A group whose records ask for a value other than the one that its row holds, or let go of that one. */
const asksForAnother = (group: RecordGroup): boolean =>
  group.isChanged && (group.asked.size > 0 || group.uniqueValue(group.row) !== group.uniqueValue(group.state));

function wantedClaims(movers: readonly RecordGroup[]): Claims {
  const wanted: Claims = new Map();
  for (const group of movers) {
    const value = group.uniqueValue(group.state);
    if (value !== null) wanted.set(value, group.zohoId);
  }
  return wanted;
}

/** What the batch's records hold, or took above, and none of them wants after all. */
function claimsToGiveUp(movers: readonly RecordGroup[], stored: Claims, wanted: Claims): string[] {
  const moving = new Set(movers.map(({ zohoId }) => zohoId));
  return [...stored].filter(([value, holder]) => moving.has(holder) && !wanted.has(value)).map(([value]) => value);
}

/** So often a refusal may turn out to have been made for a record that was refused itself. */
const MOST_SECOND_THOUGHTS = 5;
/** After so many folds the others have a turn. */
const FOLDS_AT_A_STRETCH = 200;

/**
 * Decides who gets which value, by what the records leave behind at the end: a value that a record passes through is
 * refused only when another keeps it throughout. Refusing one may bring another value back into play, and may show that
 * a refusal made before was for nothing, so it goes on until nothing changes.
 */
class Allotment {
  private readonly byId: ReadonlyMap<string, RecordGroup>;
  private readonly askers = new Map<string, Set<RecordGroup>>();
  private readonly open = new Set<string>();
  private folds = 0;

  constructor(
    private readonly movers: readonly RecordGroup[],
    private readonly holders: Claims,
  ) {
    this.byId = new Map(movers.map((group) => [group.zohoId, group]));
    for (const group of movers) this.note(group);
  }

  async settle(): Promise<void> {
    for (let thoughts = 0; ; thoughts += 1) {
      while (this.open.size > 0) await this.refuseOnce();
      if (thoughts === MOST_SECOND_THOUGHTS) return;
      this.thinkAgain();
      if (this.open.size === 0) return;
    }
  }

  private async refuseOnce(): Promise<void> {
    const refusals = this.refusals();
    this.open.clear();
    for (const [group, taken] of refusals) {
      for (const value of group.asked) this.open.add(value);
      group.refuse(taken);
      this.note(group);
      this.folds += 1;
      if (this.folds % FOLDS_AT_A_STRETCH === 0) await nextTurn();
    }
  }

  private refusals(): Map<RecordGroup, Claims> {
    const refusals = new Map<RecordGroup, Claims>();
    for (const value of this.open) {
      const winner = this.winnerOf(value);
      if (winner === null) continue;
      const isKept = this.holders.get(value) === winner;
      for (const group of this.askers.get(value) ?? []) {
        if (group.zohoId === winner || !group.asked.has(value)) continue;
        if (isKept || group.uniqueValue(group.state) === value) {
          const taken = refusals.get(group) ?? new Map<string, string>();
          refusals.set(group, taken.set(value, winner));
        }
      }
    }
    return refusals;
  }

  /** A value stays with the record that holds it, unless that one lets go; else the first in the request gets it. */
  private winnerOf(value: string): string | null {
    const holder = this.holders.get(value);
    if (holder !== undefined) {
      const group = this.byId.get(holder);
      if (!group || group.uniqueValue(group.state) === value) return holder;
    }
    let first: RecordGroup | null = null;
    for (const group of this.askers.get(value) ?? []) {
      if (group.uniqueValue(group.state) === value && (!first || group.place < first.place)) first = group;
    }
    return first?.zohoId ?? null;
  }

  /** Takes back what was refused for a record that did not get it either. */
  private thinkAgain(): void {
    const winners = new Map<string, string | null>();
    const winnerOf = (value: string): string | null => {
      if (!winners.has(value)) winners.set(value, this.winnerOf(value));
      return winners.get(value) ?? null;
    };
    const refusals = this.movers.map((group) => {
      const free = [...group.refused].filter(([value, holder]) => winnerOf(value) !== holder);
      return { group, free: free.map(([value]) => value) };
    });
    for (const { group, free } of refusals) {
      if (free.length === 0) continue;
      group.allow(free);
      this.note(group);
    }
  }

  private note(group: RecordGroup): void {
    const held = group.uniqueValue(group.row);
    for (const value of held === null ? group.asked : [...group.asked, held]) {
      let asking = this.askers.get(value);
      if (!asking) this.askers.set(value, (asking = new Set()));
      asking.add(group);
      this.open.add(value);
    }
  }
}
