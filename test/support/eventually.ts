import { setTimeout as pause } from 'node:timers/promises';
import { endOfTest } from './end-of-test';

/** Looks again and again until the expectation holds, or the test's own time-out has ended it: nobody looks for it then. */
export async function eventually(expectation: () => Promise<unknown>): Promise<void> {
  for (const isOver = endOfTest(); ;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (!isExpectation(error) || isOver()) throw error;
      await pause(20);
    }
  }
}

const isExpectation = (error: unknown): boolean => error instanceof Error && 'matcherResult' in error;
