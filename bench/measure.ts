/** The middle one; of an even number the lower of both. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that this share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** One measurement: how fast, and how long each piece of work took. */
export interface Measured {
  /** pieces of work a second */
  readonly speed: number;
  /** of each piece, in milliseconds */
  readonly latencies: readonly number[];
}

/** Does pieces of work for so long, never more than so many at once; those that have begun are waited for. */
export async function during(milliseconds: number, atOnce: number, work: () => Promise<unknown>): Promise<Measured> {
  const latencies: number[] = [];
  const began = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - began < milliseconds) {
      const start = performance.now();
      await work();
      latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { speed: latencies.length / ((performance.now() - began) / 1_000), latencies };
}

/** Does so many pieces of work, never more than so many at once. @returns how long all of them took, in milliseconds */
export async function timed(count: number, atOnce: number, work: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      await work(n);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return performance.now() - began;
}

/** A ratio with the noise of its own measurement. */
export interface Ratio {
  readonly value: number;
  /** by how much the median of so many rounds may be off, as a share of it */
  readonly noise: number;
}

/** The median of the rounds' ratios; its noise follows from how far the rounds lie apart. */
export function ratioOf(rounds: readonly number[]): Ratio {
  const value = median(rounds);
  const spread = median(rounds.map((round) => Math.abs(round - value)));
  return { value, noise: spread / value / Math.sqrt(rounds.length) };
}
