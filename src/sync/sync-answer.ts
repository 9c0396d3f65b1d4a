import type { SyncReport } from './sync-report';
import type { Witness } from './witness';

/** A report, with what it takes to know later whether it may be given again. */
export interface SyncAnswer {
  readonly report: SyncReport;
  readonly witness: Witness;
  /** false when the same request may well be answered otherwise: a record waits, failed, or wants what another has */
  readonly isFinal: boolean;
}

const UNDECIDED: ReadonlySet<string> = new Set(['SKIPPED', 'ERROR']);

export const isFinal = ({ results }: SyncReport): boolean =>
  !results.some(({ status, errors }) => UNDECIDED.has(status) || errors?.some(({ code }) => code === 'DUPLICATE_DATA'));
