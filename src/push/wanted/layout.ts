import type { LayoutName } from './moodle-settings';
import type { WantedPlace } from './push-source';
import { idIn, type Subject } from './subject';
import type { Kind, TargetKey } from '../targets/target';

/** What a class is in, and beside what: its course, and its group when the course has others. */
interface Seat {
  readonly course: Subject;
  /** the group's place, when there is one */
  readonly group: string | null;
}

/** What a tenant's programs and classes are in Moodle. */
export interface Layout {
  readonly kinds: Readonly<Record<string, readonly Kind[]>>;
  /** null while the class has no program in which it could be */
  seatOf(place: Subject, wanted: WantedPlace): Seat | null;
  /** what a target of the place stands in; empty for nothing, and while that is not known */
  placeOf(kind: Kind, wanted: WantedPlace): string;
}

const programCourse: Layout = {
  kinds: { program: ['course'], class: ['section', 'group'] },
  seatOf: (place, { within }) => within && { course: within, group: groupPlace(place, within) },
  placeOf: (kind, { within }) => (kind === 'course' ? '' : (within ?? '')),
};

const classCourse: Layout = {
  kinds: { program: ['category'], class: ['course'] },
  seatOf: (place) => ({ course: place, group: null }),
  placeOf: () => '',
};

export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = {
  'program-course': programCourse,
  'class-course': classCourse,
};

/** A group is a class in a course: the class may move to another. */
const groupPlace = (place: Subject, course: Subject): string => `${place}/${course}`;

export function groupOf(groupOfPlace: string): { subject: Subject; place: Subject } {
  const [subject = '', place = ''] = groupOfPlace.split('/');
  return { subject: subject as Subject, place: place as Subject };
}

/** The targets of a program or a class. */
export function targetsOfPlace(layout: Layout, subject: Subject, wanted: WantedPlace): TargetKey[] {
  const entity = subject.slice(0, -idIn(subject).length - 1);
  return (layout.kinds[entity] ?? []).map((kind) => ({ kind, subject, place: layout.placeOf(kind, wanted) }));
}
