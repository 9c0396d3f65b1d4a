import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { Brake } from './brake/brake';
import { digestOf } from './targets/digest';
import type { Pushed, Remember, TargetKind, Work } from './kinds/target-kind';
import type { MoodleCalls } from './site/moodle-calls';
import type { MoodleSettings } from './wanted/moodle-settings';
import { settleError } from './targets/settle-errors';
import { type ClaimedTarget, nameOf, type Settlement } from './targets/target';
import type { Settled } from './targets/settlement.repository';
import { TargetRepository } from './targets/target.repository';

/** Does some work in the tenant's name: in a transaction of its own, or in one that is under way. */
export type Within = <T>(work: (db: TenantDb) => Promise<T>) => Promise<T>;

/** For whom, and by which calls, targets are pushed. */
export interface Pushing {
  readonly tenantId: string;
  readonly settings: MoodleSettings;
  readonly within: Within;
  readonly calls: MoodleCalls;
}

/** Brings Moodle to what claimed targets are to be. */
@Injectable()
export class TargetPusher {
  constructor(
    private readonly targets: TargetRepository,
    private readonly brake: Brake,
  ) {}

  /** @returns what became of each; not written yet */
  async push(
    { tenantId, settings, within, calls }: Pushing,
    kind: TargetKind,
    claimed: readonly ClaimedTarget[],
    lease: string,
  ): Promise<Settled[]> {
    const prepared = await within((db) => kind.prepare({ db, tenantId, settings }, claimed));
    const settled: Settled[] = [];
    const works: Work[] = [];
    for (const one of prepared) {
      if (one.settlement) settled.push({ target: one.target, settlement: one.settlement });
      else if (isInMoodle(one)) settled.push({ target: one.target, settlement: asBefore(one.target) });
      else works.push(one);
    }
    const { through, held } = await this.brake.apply(within, tenantId, settings, works);
    for (const [target, settlement] of held) settled.push({ target, settlement });
    if (through.length === 0) return settled;
    const results = await pushAll(kind, calls, through, (target, memo) =>
      within((db) => this.targets.remember(db, tenantId, target, lease, memo)),
    );
    for (const work of through) settled.push({ target: work.target, settlement: settlementOf(work, results) });
    return settled;
  }
}

/** A fault that is the whole call's is that of every target that has no result of its own. */
async function pushAll(
  kind: TargetKind,
  calls: MoodleCalls,
  works: readonly Work[],
  remember: Remember,
): Promise<Map<ClaimedTarget, Pushed>> {
  const results = new Map<ClaimedTarget, Pushed>();
  try {
    await kind.push(calls, works, results, remember);
  } catch (error) {
    for (const { target } of works) if (!results.has(target)) results.set(target, settleError(target, error));
  }
  return results;
}

function settlementOf({ target, wanted, isActive }: Work, results: ReadonlyMap<ClaimedTarget, Pushed>): Settlement {
  const result = results.get(target);
  if (!result) throw new Error(`Nothing was told of ${nameOf(target)}`);
  return 'outcome' in result ? result : { outcome: 'pushed', ...result, digest: digestOf(wanted), isActive };
}

/** Unchanged since it was pushed, and nothing casts doubt on that. */
const isInMoodle = ({ target, wanted }: Work): boolean =>
  !target.isDoubtful && target.pushedDigest !== null && target.pushedDigest === digestOf(wanted);

const asBefore = ({ moodleId, pushedDigest: digest, isActive }: ClaimedTarget): Settlement => ({
  outcome: 'pushed',
  moodleId,
  digest,
  isActive,
});
