import { BrokenCircuitError } from 'cockatiel';
import { MoodleError } from '../../moodle/moodle-error';
import { isHandedBack } from '../site/handed-back';
import type { ClaimedTarget, Settlement } from './target';

const FIRST_PAUSE_SECONDS = 4;
const LONGEST_PAUSE_SECONDS = 3_600;
/** With these pauses, about a day after the first. */
const MOST_ATTEMPTS = 34;
/** With these pauses, about two minutes. */
const LOOKS_AFTER_DOUBT = 5;
const SITE_PAUSE_SECONDS = 60;
const BROKEN_PAUSE_SECONDS = 15;

/** What an error of a call means for the target that it was about. @throws what is no error of a call */
export function settleError(target: ClaimedTarget, error: unknown): Settlement {
  if (error instanceof BrokenCircuitError) {
    const message = 'Moodle has failed several times in a row and is left alone for a moment';
    return {
      outcome: 'retrying',
      reason: 'site_failing',
      message,
      afterSeconds: BROKEN_PAUSE_SECONDS,
      mayHaveHappened: false,
    };
  }
  if (!(error instanceof MoodleError)) throw error;
  const { fault, errorcode: reason, message, mayHaveHappened } = error;
  if (fault === 'record' && !mayBeThere(target)) return { outcome: 'failed', reason, message };
  if (fault === 'site')
    return { outcome: 'retrying', reason, message, afterSeconds: SITE_PAUSE_SECONDS, mayHaveHappened };
  if (isHandedBack(error)) return { outcome: 'retrying', reason, message, afterSeconds: 0, mayHaveHappened };
  if (target.attempts >= MOST_ATTEMPTS) return { outcome: 'failed', reason, message: `${message}; tried for a day` };
  const afterSeconds = error.retryAfterSeconds ?? pauseAfter(target.attempts);
  return { outcome: 'retrying', reason, message, afterSeconds, mayHaveHappened };
}

/** What an earlier call has made, later than anybody waited for, may be why another is refused: it is looked up again. */
const mayBeThere = ({ isDoubtful, moodleId, attempts }: ClaimedTarget): boolean =>
  isDoubtful && moodleId === null && attempts < LOOKS_AFTER_DOUBT;

/** Twice as long after each attempt, give or take a half, so that many do not come back at once. */
function pauseAfter(attempts: number): number {
  const pause = Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** Math.min(attempts, 16));
  return pause * (0.5 + Math.random());
}
