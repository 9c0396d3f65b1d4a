import type { Machine, RunningService } from './machine';
import type { Finding } from './goal';

/** What a section measures with. */
export interface Bench {
  readonly machine: Machine;
  readonly service: RunningService;
  readonly isQuick: boolean;
  readonly rounds: number;
  /** that one measurement lasts */
  readonly milliseconds: number;
  readonly say: (line: string) => void;
}

export type Section = (bench: Bench) => Promise<Finding[]>;
