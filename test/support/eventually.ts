import { setTimeout as pause } from 'node:timers/promises';

/** So many tests of this file are over. There are none where servers are started for all files. */
let over = 0;
if (typeof afterEach === 'function') afterEach(() => void (over += 1));

/** Looks again and again until the expectation holds, or the test's own time-out has ended it: nobody looks for it then. */
export async function eventually(expectation: () => Promise<unknown>): Promise<void> {
  for (const before = over; ;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (!isExpectation(error) || over > before) throw error;
      await pause(20);
    }
  }
}

const isExpectation = (error: unknown): boolean => error instanceof Error && 'matcherResult' in error;
