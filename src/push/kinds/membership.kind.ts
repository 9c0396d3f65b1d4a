import { Injectable } from '@nestjs/common';
import { addGroupMembers, deleteGroupMembers, type MoodleMember } from '../../moodle/functions/groups';
import { MoodleError } from '../../moodle/moodle-error';
import { groupOf, LAYOUTS } from '../wanted/layout';
import type { MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Attendance, Scope, WantedPlace } from '../wanted/push-source';
import type { Subject } from '../wanted/subject';
import { type ClaimedTarget, ENROLMENT_STAYS, nameOf } from '../targets/target';
import { fail, nothing, pushedOr, waitFor } from './outcomes';
import { parentKey, ParentReader, type Parents } from './parents';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

interface WantedMembership {
  readonly member: MoodleMember;
  readonly isMember: boolean;
}

/** One person in the group of one class. A change of class within a course is a change of group. */
@Injectable()
export class MembershipKind implements TargetKind<WantedMembership> {
  readonly kind = 'membership';
  readonly functions = [addGroupMembers, deleteGroupMembers];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<WantedMembership>[]> {
    const attendances = await this.rows.readAttendances(scope, { persons: targets.map(({ subject }) => subject) });
    const places = await this.rows.readPlaces(
      scope,
      attendances.map(({ place }) => place),
    );
    const seats = new Seats(attendances, places, scope);
    const parents = await this.parents.read(scope, targets.flatMap(parentsOf));
    return targets.map((target) => prepareOne(target, seats, parents, scope));
  }

  async push(
    calls: MoodleCalls,
    works: readonly Work<WantedMembership>[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    for (const [fn, some] of [
      [deleteGroupMembers, works.filter(({ wanted }) => !wanted.isMember)],
      [addGroupMembers, works.filter(({ wanted }) => wanted.isMember)],
    ] as const) {
      const done = await calls.inPortions(
        fn,
        some,
        (portion) => ({ members: portion.map(({ wanted }) => wanted.member) }),
        (_answer, portion) => portion.map(() => null),
      );
      for (const [{ target }, result] of done)
        results.set(target, isRefused(result) ? fail(...REFUSED) : pushedOr(target, result));
    }
  }
}

/** Moodle does not say why; what it is about was there when it was pushed. */
const isRefused = (result: unknown): boolean =>
  result instanceof MoodleError && result.errorcode === 'invalidparameter';
const REFUSED = [
  'invalidparameter',
  'Moodle refuses the user in the group: the enrolment or the group was removed there. Retry the push of both, then this one',
] as const;

const STAYS = 'Stays in the group for as long as the enrolment stays in Moodle';

/** Who actively attends what. */
class Seats {
  private readonly courses = new Set<string>();
  private readonly groups = new Set<string>();

  constructor(attendances: readonly Attendance[], places: ReadonlyMap<Subject, WantedPlace>, { settings }: Scope) {
    for (const { person, place, standing } of attendances) {
      const wanted = places.get(place);
      const seat = wanted && standing === 'active' ? LAYOUTS[settings.layout].seatOf(place, wanted) : null;
      if (!seat) continue;
      this.courses.add(`${person} ${seat.course}`);
      if (seat.group !== null) this.groups.add(`${person} ${seat.group}`);
    }
  }

  isInCourse = (person: Subject, course: string): boolean => this.courses.has(`${person} ${course}`);
  isInGroup = (person: Subject, group: string): boolean => this.groups.has(`${person} ${group}`);
}

function parentsOf({ subject, place }: ClaimedTarget) {
  const group = groupOf(place);
  return [
    parentKey('user', subject),
    parentKey('group', group.subject, group.place),
    parentKey('enrolment', subject, group.place),
  ] as const;
}

function prepareOne(
  target: ClaimedTarget,
  seats: Seats,
  parents: Parents,
  { settings }: Scope,
): Prepared<WantedMembership> {
  const { subject, place, pushedDigest: digest, moodleId, isActive } = target;
  const isMember = seats.isInGroup(subject, place);
  const wasPushed = digest !== null || target.isDoubtful;
  if (!isMember && !wasPushed) return { target, settlement: nothing() };
  if (!isMember && settings.dropPolicy === 'keep' && !seats.isInCourse(subject, groupOf(place).place)) {
    return { target, settlement: { outcome: 'pushed', moodleId, digest, isActive } };
  }
  const [user, group, enrolment] = parentsOf(target);
  // Who is held back from leaving the course is not taken out of its groups either.
  const isLeaving = !isMember && !seats.isInCourse(subject, groupOf(place).place);
  if (isLeaving && parents.isActive(enrolment))
    return { target, settlement: waitFor(ENROLMENT_STAYS, STAYS, [nameOf(enrolment)]) };
  const userid = parents.idOf(user);
  const groupid = parents.idOf(group);
  if (typeof userid === 'object') return { target, settlement: userid };
  if (typeof groupid === 'object') return { target, settlement: groupid };
  if (isMember && !parents.isActive(enrolment)) return { target, settlement: parents.waitFor(enrolment) };
  return { target, wanted: { member: { groupid, userid }, isMember }, isActive: isMember };
}
