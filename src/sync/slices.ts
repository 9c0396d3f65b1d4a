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
