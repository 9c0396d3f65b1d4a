import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until the expectation holds; the test's own time-out ends it. */
export async function eventually(expectation: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (!isExpectation(error)) throw error;
      await pause(20);
    }
  }
}

const isExpectation = (error: unknown): boolean => error instanceof Error && 'matcherResult' in error;
