import {
  answersHalf,
  answersHtml,
  answersStatus,
  type Fault,
  hangs,
  resetsAfterWork,
  resetsBeforeWork,
  worksAfterClientLeft,
} from '../support/moodle/faults';
import type { Moodle } from '../support/moodle/moodle';

/** Of so many calls in a thousand each. */
const MISHAPS: readonly (readonly [fault: Fault, perMille: number])[] = [
  [resetsAfterWork(), 40],
  [resetsBeforeWork(), 10],
  ...([500, 502, 503, 504] as const).map((status) => [answersStatus(status), 10] as const),
  [answersHalf(), 15],
  [answersHtml(), 5],
  [hangs(), 5],
  [worksAfterClientLeft(), 10],
];

/** From now on things go wrong in some calls, whichever. @returns in how many, when it is asked */
export function letMishapsHappen(moodle: Moodle, random: () => number): () => number {
  const rules = MISHAPS.map(([fault, perMille]) =>
    moodle.fail(fault, { times: Infinity, of: () => random() * 1_000 < perMille }),
  );
  return () => rules.reduce((sum, { used }) => sum + used, 0);
}
