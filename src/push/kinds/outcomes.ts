import type { MoodleWarnings } from '../../moodle/functions/warnings';
import { errorOfWarning, MoodleError } from '../../moodle/moodle-error';
import { settleError } from '../targets/settle-errors';
import { type ClaimedTarget, DOUBT_SECONDS, type Settlement } from '../targets/target';
import type { Pushed } from './target-kind';

/** A person has to look at it. */
export const conflict = (message: string): Settlement => ({ outcome: 'failed', reason: 'conflict', message });

export const fail = (reason: string, message: string): Settlement => ({ outcome: 'failed', reason, message });

/** There is nothing in Moodle, and nothing is to be there. */
export const nothing = (): Settlement => ({ outcome: 'pushed', moodleId: null, digest: null, isActive: false });

/** Nothing is called; what was pushed once stays as it is. */
export const asItIs = ({ moodleId, pushedDigest: digest, isActive }: ClaimedTarget): Settlement =>
  moodleId === null && digest === null ? nothing() : { outcome: 'pushed', moodleId, digest, isActive };

/** A call that was lost may still be carried out: looked up again before anything is created. */
export const inDoubt = (memo?: unknown): Settlement => ({
  outcome: 'retrying',
  reason: 'in_doubt',
  message: 'An earlier call may still be carried out; Moodle is asked again before anything is made',
  afterSeconds: DOUBT_SECONDS,
  mayHaveHappened: false,
  ...(memo !== undefined && { memo }),
});

export const waitFor = (reason: string, message: string, awaits: readonly string[]): Settlement => ({
  outcome: 'waiting',
  reason,
  message,
  awaits,
});

/** The result of one item of a call. */
export const pushedOr = (target: ClaimedTarget, id: number | null | MoodleError): Pushed =>
  id instanceof MoodleError ? settleError(target, id) : { moodleId: id };

/** The results of a call that is not atomic: what Moodle refused is told of by the item's id. */
export function perItem(
  { needs }: { readonly needs: string | undefined },
  answer: MoodleWarnings,
  ids: readonly number[],
): (number | MoodleError)[] {
  const refused = new Map(answer.warnings.map(({ itemid, warningcode }) => [itemid, warningcode]));
  return ids.map((id) => {
    const code = refused.get(id);
    return code === undefined ? id : errorOfWarning(code, needs);
  });
}
