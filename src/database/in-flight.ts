import { sqlState } from './database-errors';
import { FAILED_BEFORE } from './statement-train';

/**
 * Waits for work on one transaction that is under way at once. When some of it fails, the rest is waited for too, so
 * that nothing is sent after the transaction has ended; what failed first is thrown.
 */
export async function inFlight<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const settled = await Promise.allSettled(work);
  const reasons = settled
    .filter(({ status }) => status === 'rejected')
    .map((one) => (one as PromiseRejectedResult).reason);
  if (reasons.length > 0) throw reasons.find((reason) => sqlState(reason) !== FAILED_BEFORE) ?? reasons[0];
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as {
    -readonly [P in keyof T]: Awaited<T[P]>;
  };
}
