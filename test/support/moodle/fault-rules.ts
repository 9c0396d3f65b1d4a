import { type Call, type CallMatch, matches } from './calls';
import type { Fault } from './faults';

export interface FaultOptions {
  /** One call, unless told otherwise; `Infinity` for as long as it is not ended. */
  readonly times?: number;
  /** Which calls: of this function, or as this says. */
  readonly of?: CallMatch;
}

export class FaultRule {
  /** How many calls met it. */
  used = 0;
  private left: number;

  constructor(
    readonly fault: Fault,
    private readonly options: FaultOptions,
  ) {
    this.left = options.times ?? 1;
  }

  end(): void {
    this.left = 0;
  }

  takes(call: Call): boolean {
    if (this.left <= 0 || !matches(this.options.of, call)) return false;
    this.left -= 1;
    this.used += 1;
    return true;
  }
}
