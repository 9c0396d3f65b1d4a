import { DateTime } from 'luxon';

/** The midnight in the zone at which a date begins, or one so many days later, in seconds since 1970; 0 without a date. */
export const secondsAt = (date: string | null, zone: string, daysLater = 0): number =>
  date === null ? 0 : Math.max(0, DateTime.fromISO(date, { zone }).plus({ days: daysLater }).toUnixInteger());
