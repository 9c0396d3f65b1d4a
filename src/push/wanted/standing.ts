import type { MoodleSettings } from './moodle-settings';
import type { Standing } from './push-source';

/** Status words that mean something other than active, in lower case. */
export interface StatusWords {
  readonly suspended: readonly string[];
  readonly pending: readonly string[];
}

/**
 * What a status word means for Moodle: no status, and any word that is not named, is active. Matching ignores case.
 *
 * @param plural the entity as in the routes, under which a profile names its own words
 */
export function standingOf(
  status: string | null,
  plural: string,
  words: StatusWords,
  { statuses }: MoodleSettings,
): Standing {
  if (status === null) return 'active';
  const own = statuses?.[plural]?.statuses;
  const word = status.toLowerCase();
  const isAmong = (list: readonly string[]): boolean => list.some((other) => other.toLowerCase() === word);
  if (isAmong(own?.pending ?? words.pending)) return 'pending';
  return isAmong(own?.suspended ?? words.suspended) ? 'suspended' : 'active';
}

/** The words of programs and classes. */
export const PLACE_WORDS: StatusWords = {
  suspended: ['inactive', 'end', 'cancelled'],
  pending: ['pending', 'draft'],
};
