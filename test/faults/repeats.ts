/** How often each fault is tried, each time by another seed; `npm run test:faults` asks for 20. */
export const REPEATS = Number(process.env['FAULT_REPEATS'] ?? 1);

export const SEEDS: readonly number[] = Array.from({ length: REPEATS }, (_none, n) => n + 1);

/** Those seeds whose tests are done at the same time, so that they take no longer than one. */
export const batchesOf = (atOnce: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(REPEATS / atOnce) }, (_none, n) => SEEDS.slice(n * atOnce, (n + 1) * atOnce));

/** Then times are measured, and told; where tests are to be quick, other things may run beside them. */
export const isWhole = REPEATS >= 20;

export function tell(what: string, figures: object): void {
  if (isWhole) process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
