import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction';
import { gradePlace } from '../wanted/graded-activity';
import { LAYOUTS, type Layout, targetsOfPlace } from '../wanted/layout';
import { MarkRepository } from './mark.repository';
import type { MoodleSettings } from '../wanted/moodle-settings';
import { PushRows } from '../wanted/push-rows';
import type { Attendance, Scope, Standing, WantedPlace } from '../wanted/push-source';
import type { Subject } from '../wanted/subject';
import type { TargetKey } from '../targets/target';
import { TargetRepository } from '../targets/target.repository';
import { type PlanBasis, TenantPushRepository } from '../site/tenant-push.repository';

/** Subjects that one transaction turns into targets, and those of a line besides. */
const PORTION = 1_000;

/** Turns marks into targets that are wanted anew; what they are to be is read when they are pushed. */
@Injectable()
export class Planner {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly rows: PushRows,
    private readonly marks: MarkRepository,
    private readonly targets: TargetRepository,
    private readonly tenants: TenantPushRepository,
  ) {}

  /** Until there are no marks left, another has begun to plan by something else, or the signal says stop. */
  async plan(tenantId: string, basis: PlanBasis, settings: MoodleSettings, signal: AbortSignal): Promise<void> {
    for (let count = 1; count > 0 && !signal.aborted;) {
      count = await this.transaction.run(tenantId, async (db) => {
        if (!(await this.tenants.isStill(db, tenantId, basis))) return 0;
        const marked = await this.marks.take(db, tenantId, PORTION);
        if (marked.size > 0) await this.planFor({ db, tenantId, settings }, marked as Map<Subject, string | null>);
        return marked.size;
      });
    }
  }

  /** What these subjects concern is wanted anew. @param marked each with the run that has changed it */
  async planFor(scope: Scope, marked: ReadonlyMap<Subject, string | null>): Promise<void> {
    const subjects = [...marked.keys()];
    const { keys, attendances } = await this.targetsOf(scope, subjects);
    const runs = new Map(marked);
    // Who attends a place that has changed is wanted anew because of that.
    for (const { person, place } of attendances) if (!runs.has(person)) runs.set(person, marked.get(place) ?? null);
    const persons = new Set(attendances.map(({ person }) => person));
    await this.targets.want(scope.db, scope.tenantId, keys, subjects, [...persons], runs);
  }

  /** What these subjects are to be in Moodle, and who attends what because of which they are. */
  async targetsOf(
    scope: Scope,
    subjects: readonly Subject[],
  ): Promise<{ readonly keys: readonly TargetKey[]; readonly attendances: readonly Attendance[] }> {
    const layout = LAYOUTS[scope.settings.layout];
    const users = await this.rows.readUsers(scope, subjects);
    const attendances = await this.rows.readAttendances(scope, { persons: subjects, places: subjects });
    const places = await this.rows.readPlaces(scope, [...subjects, ...attendances.map(({ place }) => place)]);
    const asked = new Set(subjects);
    const keys: TargetKey[] = [
      ...[...users].filter(isWanted).map(([subject]) => ({ kind: 'user', subject, place: '' }) as const),
      ...[...places]
        .filter(isWanted)
        .flatMap(([subject, wanted]) => (asked.has(subject) ? targetsOfPlace(layout, subject, wanted) : [])),
      ...attendances.flatMap((attendance) => targetsOfAttendance(layout, attendance, places.get(attendance.place))),
    ];
    keys.push(...(await this.keysOfRegistrations(scope, subjects)), ...(await this.keysOfGrades(scope, subjects)));
    return { keys, attendances };
  }

  private async keysOfRegistrations(scope: Scope, subjects: readonly Subject[]): Promise<TargetKey[]> {
    const registrations = await this.rows.readRegistrations(scope, subjects);
    return registrations
      .filter(({ standing }) => standing === 'active')
      .flatMap(({ person, place }) => [
        { kind: 'cohort', subject: place, place: '' },
        { kind: 'cohort_membership', subject: person, place },
      ]);
  }

  private async keysOfGrades(scope: Scope, subjects: readonly Subject[]): Promise<TargetKey[]> {
    const grades = await this.rows.readGrades(scope, subjects);
    return grades.flatMap((grade) => {
      const place = gradePlace(scope.settings.grades, grade);
      return place === null ? [] : { kind: 'grade', subject: grade.person, place };
    });
  }
}

const isWanted = ([, { standing }]: readonly [Subject, { standing: Standing }]): boolean => standing !== 'pending';

function targetsOfAttendance(
  layout: Layout,
  { person, place, role, standing }: Attendance,
  wanted: WantedPlace | undefined,
): TargetKey[] {
  const seat = wanted && standing !== 'pending' ? layout.seatOf(place, wanted) : null;
  if (!seat) return [];
  const enrolment: TargetKey = { kind: 'enrolment', subject: person, place: seat.course };
  if (seat.group === null || role === 'teacher') return [enrolment];
  return [enrolment, { kind: 'membership', subject: person, place: seat.group }];
}
