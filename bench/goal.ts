import type { Ratio } from './measure';

/** `least`: the ratio must not be smaller; `most`: not larger. */
export interface Goal {
  readonly kind: 'least' | 'most';
  readonly value: number;
}

/** A line of the table. */
export interface Finding {
  readonly section: string;
  /** what was measured, against what */
  readonly what: string;
  readonly ratio: Ratio;
  /** null: told for comparison only */
  readonly goal: Goal | null;
  /** what the ratio stands for, in absolute figures of this machine */
  readonly remark: string;
}

/** So many times its own noise a ratio may be off before its goal counts as missed. */
const DOUBT = 3;

export function isMissed({ ratio: { value, noise }, goal }: Finding): boolean {
  if (!goal) return false;
  const doubt = value * noise * DOUBT;
  return goal.kind === 'least' ? value + doubt < goal.value : value - doubt > goal.value;
}

const SIGNS = { least: '≥', most: '≤' } as const;

export function lineOf(finding: Finding): string {
  const { what, ratio, goal, remark } = finding;
  const wanted = goal ? `${SIGNS[goal.kind]} ${goal.value}` : '';
  const verdict = goal ? (isMissed(finding) ? 'MISSED' : isMet(finding) ? 'met' : 'within noise') : '';
  const noise = `±${(ratio.noise * 100).toFixed(1)} %`;
  return `${what.padEnd(48)} ${ratio.value.toFixed(3).padStart(8)} ${noise.padStart(8)}  ${wanted.padEnd(7)} ${verdict.padEnd(12)} ${remark}`;
}

const isMet = ({ ratio, goal }: Finding): boolean =>
  !goal || (goal.kind === 'least' ? ratio.value >= goal.value : ratio.value <= goal.value);
