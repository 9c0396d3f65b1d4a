import type { Made } from '../support/moodle/made';
import { OMAR } from '../support/canary/people';

/** An entity whose records tell, in a row of ours and in Moodle, which version of theirs is held there. */
export interface Versioned {
  readonly record: (id: string, version: number) => object;
  /** the field of a row, and of a change, that has it */
  readonly field: string;
  /** what must be in Moodle of it once: the version that each such thing has, of all that there are */
  readonly inMoodle: (made: Made, id: string) => Readonly<Record<string, readonly (number | null)[]>>;
}

const DAY = 86_400;
const FIRST_DAY = Date.UTC(2026, 0, 1) / 1_000;
const dateOf = (version: number): string => new Date((FIRST_DAY + version * DAY) * 1_000).toISOString().slice(0, 10);

/** Long ago, so that none is ahead of a clock that is wrong. */
const timeOf = (version: number): string => new Date(Date.UTC(2020, 0, 1) + version * 1_000).toISOString();

/** The version that a text or a date tells. */
export function versionIn(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const spelled = /\bV(\d+)$/.exec(value)?.[1];
  if (spelled !== undefined) return Number(spelled);
  const day = Date.parse(value);
  return Number.isNaN(day) ? null : (day / 1_000 - FIRST_DAY) / DAY;
}

const namesOf = (names: readonly string[]): (number | null)[] => names.map((name) => versionIn(name));

/** In the order in which they can be stored. */
export const VERSIONED = {
  programs: {
    record: (id, version) => ({ id, Product_Name: `Program ${id} V${version}`, Modified_Time: timeOf(version) }),
    field: 'name',
    inMoodle: ({ courses }, id) => ({
      course: namesOf(courses.filter(({ idnumber }) => idnumber === id).map(({ fullname }) => fullname)),
    }),
  },
  students: {
    record: (id, version) => ({
      id,
      Display_Name: OMAR.name,
      First_Name: `V${version}`,
      Last_Name: OMAR.lastName,
      Academic_Email: `${id}@college.example`,
      Modified_Time: timeOf(version),
    }),
    field: 'first_name',
    inMoodle: ({ users }, id) => ({
      user: namesOf(users.filter(({ idnumber }) => idnumber === id).map(({ firstname }) => firstname)),
    }),
  },
  classes: {
    record: (id, version) => ({
      id,
      Class_Name: `Class ${id} V${version}`,
      BTEC_Program: programOf(id),
      Modified_Time: timeOf(version),
    }),
    field: 'name',
    inMoodle: ({ courses, groups }, id) => {
      const sections = courses.flatMap((course) => course.sections).map(({ name }) => name);
      return {
        section: namesOf(sections.filter((name) => name.startsWith(`Class ${id} V`))),
        group: namesOf(groups.filter(({ idnumber }) => idnumber === id).map(({ name }) => name)),
      };
    },
  },
  enrollments: {
    record: (id, version) => ({
      id,
      ...seatOf(id),
      Start_Date: '2026-01-01',
      End_Date: dateOf(version),
      Modified_Time: timeOf(version),
    }),
    field: 'end_date',
    inMoodle: ({ enrolments, groups }, id) => {
      const { Student: student, Class: courseClass } = seatOf(id);
      const own = enrolments.filter(({ person, course }) => person === student && course === programOf(courseClass));
      const seats = groups.filter(({ idnumber, members }) => idnumber === courseClass && members.includes(student));
      // A date ends with its day.
      const ends = own.map(({ timeend }) => (timeend - FIRST_DAY) / DAY - 1);
      return { enrolment: ends, membership: seats.length === 1 ? ends.slice(0, 1) : [] };
    },
  },
} as const satisfies Record<string, Versioned>;

export type VersionedEntity = keyof typeof VERSIONED;

/** Records name others by their own ids: `p1`, its class `p1c2`, and the enrollment `p1c2:s3` in it. */
const programOf = (classId: string): string => /^p\d+/.exec(classId)?.[0] ?? '';

function seatOf(enrollmentId: string): { Student: string; Class: string } {
  const [courseClass = '', student = ''] = enrollmentId.split(':');
  return { Student: student, Class: courseClass };
}
