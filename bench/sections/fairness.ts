import type { Bench } from '../bench';
import { type Finding, lineOf } from '../goal';
import { median, ratioOf, timed } from '../measure';
import { bodyOf } from '../students';

const SINGLES = 40;
const LARGE = 10_000;
/** What a single request may wait besides, and what the service's health may take, in milliseconds. */
const WAIT_MS = 250;
const HEALTH_MS = 100;

let runs = 0;

/** Whether forty single requests, and whoever asks for the service's health, suffer from a large request beside them. */
export async function fairness(bench: Bench): Promise<Finding[]> {
  const slowest: number[] = [];
  const health: number[] = [];
  for (let n = 0; n < bench.rounds; n += 1) {
    const alone = median(await singles(bench));
    const beside = await besideLarge(bench);
    slowest.push(Math.max(...beside.singles) / (2 * alone + WAIT_MS));
    health.push(Math.max(...beside.health) / HEALTH_MS);
  }
  const findings: Finding[] = [
    {
      section: 'fairness',
      what: '40 at once beside 10,000 records: slowest / allowed',
      ratio: ratioOf(slowest),
      goal: { kind: 'most', value: 1 },
      remark: 'allowed is twice the median without the large one, plus 250 ms',
    },
    {
      section: 'fairness',
      what: '/v1/health meanwhile: slowest / 100 ms',
      ratio: ratioOf(health),
      goal: { kind: 'most', value: 1 },
      remark: '',
    },
  ];
  for (const finding of findings) bench.say(lineOf(finding));
  return findings;
}

/** @returns how long each took, in milliseconds */
async function singles({ service }: Bench): Promise<number[]> {
  runs += 1;
  const latencies: number[] = [];
  await timed(SINGLES, SINGLES, async (n) => {
    const began = performance.now();
    await service.caller.sync('bench', bodyOf([{ id: `f${runs}-${n}`, phone: '1' }]), 1, 'NEW');
    latencies.push(performance.now() - began);
  });
  return latencies;
}

async function besideLarge(bench: Bench): Promise<{ singles: number[]; health: number[] }> {
  runs += 1;
  const students = Array.from({ length: LARGE }, (_none, n) => ({ id: `l${runs}-${n}`, phone: '1' }));
  const under = { way: true };
  const large = bench.service.caller.sync('large', bodyOf(students), LARGE, 'NEW').finally(() => (under.way = false));
  const health: number[] = [];
  const watch = (async (): Promise<void> => {
    while (under.way) {
      const began = performance.now();
      await bench.service.caller.get('/v1/health');
      health.push(performance.now() - began);
    }
  })();
  const all: number[] = [];
  while (under.way) all.push(...(await singles(bench)));
  await Promise.all([large, watch]);
  return { singles: all, health };
}
