import { Injectable } from '@nestjs/common';
import {
  type CourseFields,
  createCourses,
  getCoursesByField,
  type MoodleCourse,
  updateCourses,
} from '../../moodle/functions/courses';
import type { MoodleCalls } from '../moodle-calls';
import { PushRows } from '../push-rows';
import type { Scope, WantedPlace } from '../push-source';
import { idIn } from '../subject';
import type { ClaimedTarget, TargetKey } from '../target';
import { secondsAt } from './moodle-time';
import { conflict, inDoubt, nothing, perItem, pushedOr } from './outcomes';
import { parentKey, ParentReader, type Parents } from './parents';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

/** `fields` null: the record is not stored any longer, and the course only hidden. */
interface WantedCourse {
  readonly fields: Required<Omit<CourseFields, 'visible' | 'categoryid'>> | null;
  readonly categoryid: number;
  readonly visible: boolean;
}

interface CourseWork extends Work<WantedCourse> {
  /** Moodle's id as Zoho has it */
  readonly hint: number | null;
}

type PreparedCourse = Prepared<WantedCourse, CourseWork>;

const LONGEST_NAME = 254;
const LONGEST_SHORT_NAME = 100;

/** A program, or a class where the layout says so, as a course. Courses are hidden, never deleted. */
@Injectable()
export class CourseKind implements TargetKind<WantedCourse, CourseWork> {
  readonly kind = 'course';
  readonly functions = [getCoursesByField, createCourses, updateCourses];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<PreparedCourse[]> {
    const places = await this.rows.readPlaces(
      scope,
      targets.map(({ subject }) => subject),
    );
    const parents = await this.parents.read(scope, [...places.values()].flatMap(categoryOf));
    return targets.map((target) => prepareOne(target, places.get(target.subject), parents, scope));
  }

  async push(calls: MoodleCalls, works: readonly CourseWork[], results: Map<ClaimedTarget, Pushed>): Promise<void> {
    const creates: CourseWork[] = [];
    const updates: (readonly [work: CourseWork, id: number])[] = [];
    for (const work of works) {
      const { target } = work;
      const found = target.moodleId === null || target.isDoubtful ? await lookUp(calls, work) : target.moodleId;
      if (found === 'conflict') results.set(target, conflict(SHORT_NAME_TAKEN));
      else if (found !== null) updates.push([work, found]);
      else if (target.mayStillHappen) results.set(target, inDoubt());
      else creates.push(work);
    }
    await this.create(calls, creates, results);
    await this.update(calls, updates, results);
  }

  private async create(
    calls: MoodleCalls,
    works: readonly CourseWork[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    const made = await calls.inPortions(
      createCourses,
      works,
      (some) => ({
        courses: some.flatMap(({ wanted: { fields, categoryid, visible } }) =>
          fields ? [{ ...fields, categoryid, visible, format: 'topics', numsections: 0 }] : [],
        ),
      }),
      (answer) => answer.map(({ id }) => id),
    );
    for (const [{ target }, id] of made) results.set(target, pushedOr(target, id));
  }

  /** Where the course stands among the categories is left to those who look after Moodle. */
  private async update(
    calls: MoodleCalls,
    works: readonly (readonly [CourseWork, number])[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    const made = await calls.inPortions(
      updateCourses,
      works,
      (some) => ({ courses: some.map(([{ wanted }, id]) => ({ id, ...wanted.fields, visible: wanted.visible })) }),
      (answer, some) =>
        perItem(
          updateCourses,
          answer,
          some.map(([, id]) => id),
        ),
    );
    for (const [[{ target }], id] of made) results.set(target, pushedOr(target, id));
  }
}

const SHORT_NAME_TAKEN =
  'Another course of Moodle has this short name and an ID number of its own. Change one of the two, then retry';

/** Of a class that is a course; a program's course is where the settings say. */
const categoryOf = ({ within }: WantedPlace): TargetKey[] => (within === null ? [] : [parentKey('category', within)]);

function prepareOne(
  target: ClaimedTarget,
  place: WantedPlace | undefined,
  parents: Parents,
  { settings }: Scope,
): PreparedCourse {
  if (!place || place.standing === 'pending') {
    if (target.moodleId === null) return { target, settlement: nothing() };
    const wanted = { fields: null, categoryid: settings.categoryId, visible: false };
    return { target, wanted, isActive: false, hint: null };
  }
  const [category] = categoryOf(place);
  const categoryid = category ? parents.idOf(category) : settings.categoryId;
  if (typeof categoryid === 'object') return { target, settlement: categoryid };
  const idnumber = idIn(target.subject);
  const visible = place.standing === 'active';
  const fields = {
    fullname: place.name.slice(0, LONGEST_NAME),
    shortname: shortNameOf(place, idnumber),
    idnumber,
    startdate: secondsAt(place.startDate, settings.zone),
    enddate: secondsAt(place.endDate, settings.zone, 1),
  };
  const hint = place.moodleHint;
  return { target, wanted: { fields, categoryid, visible }, isActive: visible, hint };
}

/** Moodle takes no two courses of one short name; names of classes come again each year. */
function shortNameOf({ name, shortName }: WantedPlace, id: string): string {
  if (shortName !== null) return shortName.slice(0, LONGEST_SHORT_NAME);
  return `${name.slice(0, LONGEST_SHORT_NAME - id.length - 3)} (${id})`;
}

/**
 * By the idnumber, else by the short name if nobody else has a claim on it, else by Zoho's own id of the course if that
 * bears the same name and is nobody's.
 */
async function lookUp(calls: MoodleCalls, { target, wanted, hint }: CourseWork): Promise<number | 'conflict' | null> {
  const { fields } = wanted;
  if (!fields) return target.moodleId;
  const byNumber = (await calls.call(getCoursesByField, { field: 'idnumber', value: fields.idnumber })).courses;
  if (byNumber.length > 0) return theOne(byNumber, target.moodleId);
  const byName = (await calls.call(getCoursesByField, { field: 'shortname', value: fields.shortname })).courses;
  if (byName.length === 0) return hint === null ? null : await verified(calls, hint, fields.fullname);
  return byName.every(({ idnumber }) => idnumber === '') ? theOne(byName, target.moodleId) : 'conflict';
}

async function verified(calls: MoodleCalls, hint: number, name: string): Promise<number | null> {
  const { courses } = await calls.call(getCoursesByField, { field: 'id', value: hint });
  const isOurs = ({ fullname, idnumber }: MoodleCourse) =>
    idnumber === '' && fullname.toLowerCase() === name.toLowerCase();
  return courses.find(isOurs)?.id ?? null;
}

function theOne(courses: readonly MoodleCourse[], knownId: number | null): number | 'conflict' {
  const [first, second] = courses;
  const known = courses.find(({ id }) => id === knownId);
  return known?.id ?? (first && !second ? first.id : 'conflict');
}
