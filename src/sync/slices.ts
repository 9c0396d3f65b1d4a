import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long the others wait for their turn. */
const SLICE_MS = 8;

/** Does the work for each item, letting other requests have their turn in between. */
export async function inSlices<T>(
  items: readonly T[],
  work: (item: T, at: number) => void,
  sliceMs = SLICE_MS,
): Promise<void> {
  let begun = performance.now();
  for (let at = 0; at < items.length; at += 1) {
    work(items[at] as T, at);
    if (performance.now() - begun < sliceMs) continue;
    await nextTurn();
    begun = performance.now();
  }
}

/** So many records are a piece of work after which others want their turn. */
const MANY = 1_000;

/** Lets other requests have their turn, if so many records have been gone through since they had one. */
export async function giveWay(count: number): Promise<void> {
  if (count >= MANY) await nextTurn();
}
