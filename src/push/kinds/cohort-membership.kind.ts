import { Injectable } from '@nestjs/common';
import { addCohortMembers, deleteCohortMembers } from '../../moodle/functions/cohorts';
import { MoodleError } from '../../moodle/moodle-error';
import type { MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope } from '../wanted/push-source';
import type { ClaimedTarget } from '../targets/target';
import { asItIs, pushedOr } from './outcomes';
import { parentKey, ParentReader } from './parents';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

interface WantedCohortMembership {
  readonly cohortid: number;
  readonly userid: number;
  readonly isMember: boolean;
}

/** One person in the cohort of one program, however many registrations say so. */
@Injectable()
export class CohortMembershipKind implements TargetKind<WantedCohortMembership> {
  readonly kind = 'cohort_membership';
  readonly functions = [addCohortMembers, deleteCohortMembers];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<WantedCohortMembership>[]> {
    const { settings } = scope;
    const registrations = await this.rows.readRegistrations(
      scope,
      targets.map(({ subject }) => subject),
    );
    const active = new Set(
      registrations.filter(({ standing }) => standing === 'active').map(({ person, place }) => `${person} ${place}`),
    );
    const parents = await this.parents.read(scope, targets.flatMap(parentsOf));
    return targets.map((target): Prepared<WantedCohortMembership> => {
      const isMember = active.has(`${target.subject} ${target.place}`);
      const wasPushed = target.pushedDigest !== null || target.isDoubtful;
      const isLeft = !isMember && (!wasPushed || settings.dropPolicy === 'keep');
      if (isLeft || !settings.cohorts) return { target, settlement: asItIs(target) };
      const [userid, cohortid] = parentsOf(target).map((key) => parents.idOf(key));
      if (typeof userid !== 'number') return { target, settlement: userid ?? asItIs(target) };
      if (typeof cohortid !== 'number') return { target, settlement: cohortid ?? asItIs(target) };
      return { target, wanted: { cohortid, userid, isMember }, isActive: isMember };
    });
  }

  async push(
    calls: MoodleCalls,
    works: readonly Work<WantedCohortMembership>[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    const left = await calls.inPortions(
      deleteCohortMembers,
      works.filter(({ wanted }) => !wanted.isMember),
      (some) => ({ members: some.map(({ wanted: { cohortid, userid } }) => ({ cohortid, userid })) }),
      (_answer, some) => some.map(() => null),
    );
    const joined = await calls.inPortions(
      addCohortMembers,
      works.filter(({ wanted }) => wanted.isMember),
      (some) => ({ members: some.map(({ wanted }) => toMember(wanted)) }),
      ({ warnings }, some) => {
        // Which one is missing stands in the text alone: so the call is halved until it stands alone.
        if (warnings.some(({ warningcode }) => warningcode !== ALREADY_A_MEMBER)) throw missing();
        return some.map(() => null);
      },
    );
    for (const [{ target }, result] of [...left, ...joined]) results.set(target, pushedOr(target, result));
  }
}

const ALREADY_A_MEMBER = '3';

const missing = (): MoodleError =>
  new MoodleError(
    'record',
    'cohort_or_user_missing',
    'The cohort or the user was deleted in Moodle. Retry the push of both, then this one',
  );

const parentsOf = ({ subject, place }: ClaimedTarget) => [parentKey('user', subject), parentKey('cohort', place)];

const toMember = ({ cohortid, userid }: WantedCohortMembership) => ({
  cohorttype: { type: 'id' as const, value: cohortid },
  usertype: { type: 'id' as const, value: userid },
});
