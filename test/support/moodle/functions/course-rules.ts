import { moodleException } from '../exceptions';
import type { Course } from '../rows';
import type { Site } from '../site';
import { checkWidths } from './user-profile';

const WEEK = 7 * 86_400;
const WEEKS_WITHOUT_SECTIONS = 4;

interface Named {
  readonly shortname?: string | undefined;
  readonly idnumber?: string | undefined;
}

/** Among all courses, with regard to case. */
export function checkTaken(site: Site, { shortname = '', idnumber = '' }: Named, butFor?: number): void {
  const isTaken = (key: 'shortname' | 'idnumber', value: string): boolean =>
    value !== '' && site.courses.some((course) => course.id !== butFor && course[key] === value);
  if (isTaken('shortname', shortname))
    throw moodleException('shortnametaken', `Short name is already used for another course (${shortname})`);
  if (isTaken('idnumber', idnumber))
    throw moodleException('courseidnumbertaken', `ID number is already used for another course (${idnumber})`);
}

export function checkDates(startdate: number, enddate: number): void {
  if (enddate !== 0 && enddate < startdate)
    throw moodleException('enddatebeforestartdate', 'The course end date must be after the start date.');
}

export const checkCourseWidths = (values: object): void =>
  checkWidths(values, { fullname: 1333, shortname: 255, idnumber: 100 });

/** The format "weeks" lets the sections say when a course ends, whatever end was sent. */
export function settleEnd(site: Site, course: Course): void {
  if (course.format !== 'weeks' || !course.automaticenddate) return;
  const numbers = site.sections.filter((section) => section.course === course.id).map(({ section }) => section);
  const weeks = Math.max(0, ...numbers);
  site.courses.change(course.id, { enddate: course.startdate + WEEK * (weeks || WEEKS_WITHOUT_SECTIONS) });
}

type FormatOptions = readonly { readonly name: string; readonly value: string }[];

export const formatOption = (options: FormatOptions | undefined, name: string): string | undefined =>
  options?.find((option) => option.name === name)?.value;
