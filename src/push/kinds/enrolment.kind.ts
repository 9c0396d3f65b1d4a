import { Injectable } from '@nestjs/common';
import { enrolUsers, type MoodleEnrolment, unenrolUsers } from '../../moodle/functions/enrolments';
import { MoodleError } from '../../moodle/moodle-error';
import { LAYOUTS } from '../wanted/layout';
import type { MoodleCalls } from '../site/moodle-calls';
import { settleError } from '../targets/settle-errors';
import { PushRows } from '../wanted/push-rows';
import type { Attendance, Scope } from '../wanted/push-source';
import type { ClaimedTarget } from '../targets/target';
import { deriveEnrolment } from './derive-enrolment';
import { asItIs, pushedOr } from './outcomes';
import { parentKey, ParentReader, type Parents } from './parents';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

/** `enrolment` null: it is to be taken away. */
interface WantedMoodleEnrolment {
  readonly userid: number;
  readonly courseid: number;
  readonly enrolment: MoodleEnrolment | null;
}

/** One person in one course, however many of our rows say so. */
@Injectable()
export class EnrolmentKind implements TargetKind<WantedMoodleEnrolment> {
  readonly kind = 'enrolment';
  readonly functions = [enrolUsers, unenrolUsers];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<WantedMoodleEnrolment>[]> {
    const { settings } = scope;
    const attendances = await this.rows.readAttendances(scope, { persons: targets.map(({ subject }) => subject) });
    const places = await this.rows.readPlaces(
      scope,
      attendances.map(({ place }) => place),
    );
    const courseOf = ({ place }: Attendance): string | undefined => {
      const wanted = places.get(place);
      return wanted && LAYOUTS[settings.layout].seatOf(place, wanted)?.course;
    };
    const byTarget = Map.groupBy(attendances, (one) => `${one.person} ${courseOf(one)}`);
    const parents = await this.parents.read(scope, targets.flatMap(parentsOf));
    return targets.map((target) => {
      const own = byTarget.get(`${target.subject} ${target.place}`) ?? [];
      return prepareOne(target, own, parents, scope);
    });
  }

  async push(
    calls: MoodleCalls,
    works: readonly Work<WantedMoodleEnrolment>[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    const kept = works.filter(({ wanted }) => wanted.enrolment !== null);
    const gone = works.filter(({ wanted }) => wanted.enrolment === null);
    const enrolled = await calls.inPortions(
      enrolUsers,
      kept,
      (some) => ({ enrolments: some.flatMap(({ wanted }) => wanted.enrolment ?? []) }),
      (_answer, some) => some.map(() => null),
    );
    for (const [{ target }, result] of enrolled)
      results.set(
        target,
        result === null ? { moodleId: null, endsChildren: target.isDoubtful } : pushedOr(target, result),
      );
    const unenrolled = await calls.inPortions(
      unenrolUsers,
      gone,
      (some) => ({ enrolments: some.map(({ wanted: { userid, courseid } }) => ({ userid, courseid })) }),
      (_answer, some) => some.map(() => null),
    );
    for (const [{ target }, result] of unenrolled)
      results.set(target, result instanceof MoodleError ? settleError(target, result) : GONE);
  }
}

/** As if it had never been: a later drop policy finds nothing to suspend. */
const GONE = { outcome: 'pushed', moodleId: null, digest: null, isActive: false, endsChildren: true } as const;

const parentsOf = ({ subject, place }: ClaimedTarget) => [parentKey('user', subject), parentKey('course', place)];

function prepareOne(
  target: ClaimedTarget,
  attendances: readonly Attendance[],
  parents: Parents,
  { settings }: Scope,
): Prepared<WantedMoodleEnrolment> {
  const wasPushed = target.pushedDigest !== null || target.isDoubtful;
  const derived = deriveEnrolment(attendances, settings.dropPolicy, wasPushed, settings.zone);
  if (derived === 'untouched') return { target, settlement: asItIs(target) };
  const [userid, courseid] = parentsOf(target).map((key) => parents.idOf(key));
  if (typeof userid === 'object') return { target, settlement: userid };
  if (typeof courseid === 'object') return { target, settlement: courseid };
  if (userid === undefined || courseid === undefined) throw new Error('An enrolment has two parents');
  if (derived === 'gone') return { target, wanted: { userid, courseid, enrolment: null }, isActive: false };
  const roleid = target.subject.startsWith('teacher:') ? settings.roles.teacher : settings.roles.student;
  const enrolment = { roleid, userid, courseid, ...derived };
  return { target, wanted: { userid, courseid, enrolment }, isActive: !derived.suspend };
}
