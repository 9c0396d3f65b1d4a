import { setImmediate as nextTurn } from 'node:timers/promises';

const SLICE = 200;

/** Does the work for each item, letting other requests have their turn in between. */
export async function inSlices<T>(items: readonly T[], work: (item: T, at: number) => void): Promise<void> {
  for (let at = 0; at < items.length; at += 1) {
    work(items[at] as T, at);
    if (at % SLICE === SLICE - 1) await nextTurn();
  }
}
