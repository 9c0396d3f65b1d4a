import { Injectable } from '@nestjs/common';
import { updateGrades } from '../../moodle/functions/grades';
import { MoodleError } from '../../moodle/moodle-error';
import { type GradedActivity, gradePlace } from '../wanted/graded-activity';
import type { MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope, WantedGrade } from '../wanted/push-source';
import type { ClaimedTarget } from '../targets/target';
import { asItIs, fail, pushedOr } from './outcomes';
import { parentKey, ParentReader } from './parents';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

interface WantedMoodleGrade {
  readonly activity: Pick<GradedActivity, 'courseId' | 'component' | 'activityId' | 'itemNumber'>;
  readonly userid: number;
  readonly grade: number;
  readonly feedback: string | null;
}

/** One student's grade in the activity that stands for a unit. What Zoho takes back stays in Moodle as it is. */
@Injectable()
export class GradeKind implements TargetKind<WantedMoodleGrade> {
  readonly kind = 'grade';
  readonly functions = [updateGrades];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<WantedMoodleGrade>[]> {
    const grades = await this.rows.readGrades(
      scope,
      targets.map(({ subject }) => subject),
    );
    const latest = new Map<string, WantedGrade>();
    for (const one of grades.toSorted(byAttempt)) {
      const place = gradePlace(scope.settings.grades, one);
      if (place !== null) latest.set(`${one.person} ${place}`, one);
    }
    const activities = new Map(scope.settings.grades.map((activity) => [activity.place, activity]));
    const parents = await this.parents.read(
      scope,
      targets.map(({ subject }) => parentKey('user', subject)),
    );
    return targets.map((target): Prepared<WantedMoodleGrade> => {
      const one = latest.get(`${target.subject} ${target.place}`);
      const activity = activities.get(target.place);
      if (!one || !activity) return { target, settlement: asItIs(target) };
      const grade = numberOf(one, activity);
      if (grade === null) return { target, settlement: fail('no_score', NO_SCORE) };
      const userid = parents.idOf(parentKey('user', target.subject));
      if (typeof userid === 'object') return { target, settlement: userid };
      const { courseId, component, activityId, itemNumber } = activity;
      const wanted = {
        activity: { courseId, component, activityId, itemNumber },
        userid,
        grade,
        feedback: one.feedback,
      };
      return { target, wanted, isActive: true };
    });
  }

  async push(
    calls: MoodleCalls,
    works: readonly Work<WantedMoodleGrade>[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    for (const some of Map.groupBy(works, ({ wanted }) => JSON.stringify(wanted.activity)).values()) {
      const done = await calls.inPortions(updateGrades, some, toCall, (answer, portion) => {
        if (answer === SOME_REFUSED) throw refused(answer);
        return portion.map(() => (answer === TAKEN ? null : refused(answer)));
      });
      for (const [{ target }, result] of done) results.set(target, pushedOr(target, result));
    }
  }
}

const NO_SCORE = 'has neither a score nor a grade that the profile gives a score under moodle.grades';

/** The latest attempt stands last. */
const byAttempt = (a: WantedGrade, b: WantedGrade): number =>
  a.attempt - b.attempt || (a.date ?? '').localeCompare(b.date ?? '') || a.zohoId.localeCompare(b.zohoId);

/** In points of the activity. */
function numberOf({ score, word }: WantedGrade, { words, maximum }: GradedActivity): number | null {
  const percent = score ?? (word === null ? undefined : words.get(word.toLowerCase()));
  return percent === undefined ? null : (percent * maximum) / 100;
}

const toCall = (works: readonly Work<WantedMoodleGrade>[]) => {
  const [first] = works;
  if (!first) throw new Error('A call is about something');
  const { courseId: courseid, component, activityId: activityid, itemNumber: itemnumber } = first.wanted.activity;
  const grades = works.map(({ wanted: { userid: studentid, grade, feedback } }) => ({
    studentid,
    grade,
    ...(feedback !== null && { str_feedback: feedback }),
  }));
  return { source: 'zoho', courseid, component, activityid, itemnumber, grades };
};

const TAKEN = 0;
/** Moodle does not say which: so the call is halved until it stands alone. */
const SOME_REFUSED = 1;
const REASONS: ReadonlyMap<number, string> = new Map([
  [SOME_REFUSED, 'Moodle does not take the grade: it is locked there, or the course is. Unlock it, then retry'],
  [2, 'The activity has several grade items of this number'],
  [4, 'The grade item is locked in Moodle. Unlock it, then retry'],
]);

const refused = (answer: number): MoodleError =>
  new MoodleError('record', `grade_refused_${answer}`, REASONS.get(answer) ?? 'Moodle does not take the grade');
