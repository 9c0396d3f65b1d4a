import { encodeParameters, MOST_VARIABLES, type MoodleParameters } from '../../moodle/encode-parameters';
import { MoodleError } from '../../moodle/moodle-error';
import type { MoodleFunction } from '../../moodle/moodle-function';

/** What became of each item of a call: Moodle's answer for it, or why not. */
export type ItemResults<T, R> = Map<T, R | MoodleError>;

/** Gains flatten at about so many items, and more only raise what one faulty item spoils. */
const MOST_ITEMS = 50;

/**
 * How one call is made.
 *
 * @throws MoodleError, and BrokenCircuitError when the site is not called for a while
 */
export type MakeCall = <P extends MoodleParameters, A>(
  fn: MoodleFunction<P, A>,
  parameters: P,
  items: number,
) => Promise<A>;

/** Calls of one site. */
export class MoodleCalls {
  constructor(private readonly make: MakeCall) {}

  /** @throws MoodleError, and BrokenCircuitError when the site is not called for a while */
  call<P extends MoodleParameters, A>(fn: MoodleFunction<P, A>, parameters: P, items = 1): Promise<A> {
    return this.make(fn, parameters, items);
  }

  /**
   * Sends items, some at a time. Where Moodle refuses a whole call for one of them, the call is halved until the faulty
   * one stands alone. After a fault that is no record's, the rest is not tried.
   *
   * @param toParameters the call for some of the items
   * @param toResults from its answer, one result for each item that was sent, in their order
   */
  async inPortions<T, P extends MoodleParameters, A, R>(
    fn: MoodleFunction<P, A>,
    items: readonly T[],
    toParameters: (items: readonly T[]) => P,
    toResults: (answer: A, items: readonly T[]) => readonly (R | MoodleError)[],
  ): Promise<ItemResults<T, R>> {
    const results: ItemResults<T, R> = new Map();
    const portions = inPortions(items, toParameters);
    for (let portion = portions.shift(); portion; portion = portions.shift()) {
      try {
        const answered = toResults(await this.call(fn, toParameters(portion), portion.length), portion);
        for (const [at, item] of portion.entries())
          results.set(item, at < answered.length ? (answered[at] as R | MoodleError) : truncated(fn.name));
      } catch (error) {
        if (!(error instanceof MoodleError)) throw error;
        if (error.fault === 'record' && portion.length > 1) portions.unshift(...halves(portion));
        else for (const item of portion) results.set(item, error);
        if (error.fault === 'record') continue;
        for (const item of portions.flat()) results.set(item, notTried(error));
        break;
      }
    }
    return results;
  }
}

/** Fewer items came back than were sent. */
export const truncated = (name: string): MoodleError =>
  new MoodleError('transient', 'truncated', `Moodle answers ${name} for fewer than were sent: see max_input_vars`, {
    mayHaveHappened: true,
  });

const notTried = ({ fault, errorcode, message }: MoodleError): MoodleError =>
  new MoodleError(fault, errorcode, message);

/** As few calls as may be, and all of about the same size: calls are what a site has a limit on. */
function inPortions<T>(items: readonly T[], toParameters: (items: readonly T[]) => MoodleParameters): (readonly T[])[] {
  const count = Math.ceil(items.length / MOST_ITEMS);
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_none, at) => items.slice(at * size, (at + 1) * size))
    .filter((some) => some.length > 0)
    .flatMap((some) => fitting(some, toParameters));
}

function fitting<T>(items: readonly T[], toParameters: (items: readonly T[]) => MoodleParameters): (readonly T[])[] {
  const isSmall = encodeParameters(toParameters(items)).length <= MOST_VARIABLES;
  return isSmall || items.length === 1 ? [items] : halves(items).flatMap((half) => fitting(half, toParameters));
}

function halves<T>(items: readonly T[]): [T[], T[]] {
  const half = Math.ceil(items.length / 2);
  return [items.slice(0, half), items.slice(half)];
}
