import { Injectable } from '@nestjs/common';
import {
  type CourseFields,
  createCourses,
  getCoursesByField,
  type MoodleCourse,
  updateCourses,
} from '../../moodle/functions/courses';
import type { ItemResults, MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope, WantedPlace } from '../wanted/push-source';
import { idIn } from '../wanted/subject';
import { shorten } from '../wanted/plain-text';
import type { ClaimedTarget, Settlement, TargetKey } from '../targets/target';
import { type Existing, KeyedKind } from './keyed.kind';
import { secondsAt } from './moodle-time';
import { conflict, nothing, perItem } from './outcomes';
import { parentKey, ParentReader, type Parents } from './parents';
import type { Prepared, Work } from './target-kind';

/** `fields` null: the record is not stored any longer, and the course only hidden. */
interface WantedCourse {
  readonly fields: (Required<Pick<CourseFields, 'fullname' | 'shortname' | 'idnumber'>> & CourseDates) | null;
  readonly categoryid: number;
  readonly visible: boolean;
}

interface CourseWork extends Work<WantedCourse> {
  /** Moodle's id as Zoho has it */
  readonly hint: number | null;
}

/** Where Zoho knows of none, those of Moodle are left as they are. */
type CourseDates = Pick<CourseFields, 'startdate' | 'enddate'>;

/** Moodle would give a new course a year otherwise. */
const OPEN = { startdate: 0, enddate: 0 };

type PreparedCourse = Prepared<WantedCourse, CourseWork>;

const LONGEST_NAME = 254;
const LONGEST_SHORT_NAME = 100;

/** A program, or a class where the layout says so, as a course. Courses are hidden, never deleted. */
@Injectable()
export class CourseKind extends KeyedKind<WantedCourse, CourseWork> {
  readonly kind = 'course';
  readonly functions = [getCoursesByField, createCourses, updateCourses];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {
    super();
  }

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<PreparedCourse[]> {
    const places = await this.rows.readPlaces(
      scope,
      targets.map(({ subject }) => subject),
    );
    const parents = await this.parents.read(scope, [...places.values()].flatMap(categoryOf));
    return targets.map((target) => prepareOne(target, places.get(target.subject), parents, scope));
  }

  /**
   * By the idnumber, else by the short name if nobody else has a claim on it, else by Zoho's own id of the course if that
   * bears the same name and is nobody's.
   */
  protected async lookUp(
    calls: MoodleCalls,
    { target, wanted: { fields }, hint }: CourseWork,
  ): Promise<number | Settlement | null> {
    if (!fields) return target.moodleId;
    const byNumber = await find(calls, 'idnumber', fields.idnumber);
    if (byNumber.length > 0) return theOne(byNumber, target.moodleId);
    const byName = await find(calls, 'shortname', fields.shortname);
    if (byName.some(({ idnumber }) => idnumber !== '')) return conflict(SHORT_NAME_TAKEN);
    if (byName.length > 0) return theOne(byName, target.moodleId);
    const hinted = hint === null ? [] : await find(calls, 'id', hint);
    return hinted.find((course) => isNamed(course, fields.fullname))?.id ?? null;
  }

  protected create(calls: MoodleCalls, works: readonly CourseWork[]): Promise<ItemResults<CourseWork, number>> {
    return calls.inPortions(
      createCourses,
      works,
      (some) => ({
        courses: some.flatMap(({ wanted: { fields, categoryid, visible } }) =>
          fields ? [{ ...OPEN, ...fields, categoryid, visible, format: 'topics', numsections: 0 }] : [],
        ),
      }),
      (answer) => answer.map(({ id }) => id),
    );
  }

  /** Where the course stands among the categories is left to those who look after Moodle. */
  protected update(
    calls: MoodleCalls,
    works: readonly Existing<CourseWork>[],
  ): Promise<ItemResults<Existing<CourseWork>, number>> {
    return calls.inPortions(
      updateCourses,
      works,
      (some) => ({
        courses: some.map(({ work: { wanted }, id }) => ({ id, ...wanted.fields, visible: wanted.visible })),
      }),
      (answer, some) =>
        perItem(
          updateCourses,
          answer,
          some.map(({ id }) => id),
        ),
    );
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
    fullname: shorten(place.name, LONGEST_NAME),
    shortname: shortNameOf(place, idnumber),
    idnumber,
    ...datesOf(place, settings.zone),
  };
  const hint = place.moodleHint;
  return { target, wanted: { fields, categoryid, visible }, isActive: visible, hint };
}

/** Moodle takes no end without a start. */
function datesOf({ startDate, endDate }: WantedPlace, zone: string): CourseDates {
  if (startDate === null) return {};
  return { startdate: secondsAt(startDate, zone), enddate: secondsAt(endDate, zone, 1) };
}

/** Moodle takes no two courses of one short name; names of classes come again each year. */
function shortNameOf({ name, shortName }: WantedPlace, id: string): string {
  if (shortName !== null) return shorten(shortName, LONGEST_SHORT_NAME);
  return `${shorten(name, LONGEST_SHORT_NAME - id.length - 3)} (${id})`;
}

const find = async (
  calls: MoodleCalls,
  field: 'id' | 'idnumber' | 'shortname',
  value: string | number,
): Promise<MoodleCourse[]> => (await calls.call(getCoursesByField, { field, value })).courses;

const isNamed = ({ fullname, idnumber }: MoodleCourse, name: string): boolean =>
  idnumber === '' && fullname.toLowerCase() === name.toLowerCase();

function theOne(courses: readonly MoodleCourse[], knownId: number | null): number | Settlement {
  const [first, second] = courses;
  const known = courses.find(({ id }) => id === knownId);
  return known?.id ?? (first && !second ? first.id : conflict(SHORT_NAME_TAKEN));
}
