import type { DropPolicy } from '../wanted/moodle-settings';
import type { Attendance } from '../wanted/push-source';
import { secondsAt } from './moodle-time';

/** An enrolment as Moodle has it: always sent whole, since what is left out is reset. */
export interface WantedEnrolment {
  /** seconds since 1970; 0 is open */
  readonly timestart: number;
  readonly timeend: number;
  readonly suspend: boolean;
}

/**
 * One person's enrolment in one course, from all attendances that lead there: active while any is active, from the
 * earliest start to the latest end, open where one is open.
 *
 * @param wasPushed whether Moodle has the enrolment from us: what never was there need not be suspended
 * @returns what it is to be; `gone` when it is to be taken away, `untouched` when it is to stay as it is
 */
export function deriveEnrolment(
  attendances: readonly Attendance[],
  policy: DropPolicy,
  wasPushed: boolean,
  zone: string,
): WantedEnrolment | 'gone' | 'untouched' {
  const active = attendances.filter(({ standing }) => standing === 'active');
  if (active.length > 0) return { ...spanOf(active, zone), suspend: false };
  if (!wasPushed || policy === 'keep') return 'untouched';
  if (policy === 'unenrol') return 'gone';
  return { ...spanOf(attendances, zone), suspend: true };
}

function spanOf(attendances: readonly Attendance[], zone: string): Pick<WantedEnrolment, 'timestart' | 'timeend'> {
  const starts = attendances.map(({ startDate }) => secondsAt(startDate, zone));
  const ends = attendances.map(({ endDate }) => secondsAt(endDate, zone, 1));
  return {
    timestart: starts.length === 0 || starts.includes(0) ? 0 : Math.min(...starts),
    timeend: ends.length === 0 || ends.includes(0) ? 0 : Math.max(...ends),
  };
}
