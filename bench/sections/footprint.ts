import type { Bench } from '../bench';
import { type Finding, lineOf } from '../goal';
import { memoryOf } from '../machine';
import { ratioOf } from '../measure';

const READY_MS = 3_000;
const IDLE_MIB = 200;

/** How long a start takes with a database that is up to date, and what the service holds when nobody calls. */
export async function footprint({ machine, rounds, say }: Bench): Promise<Finding[]> {
  const starts: number[] = [];
  const memory: number[] = [];
  for (let n = 0; n < Math.min(rounds, 3); n += 1) {
    const began = performance.now();
    const service = await machine.startService();
    await service.caller.get('/v1/health');
    starts.push((performance.now() - began) / READY_MS);
    memory.push((await memoryOf(service.pid, 'VmRSS')) / IDLE_MIB);
    await service.stop();
  }
  const findings: Finding[] = [
    {
      section: 'footprint',
      what: 'start until ready / 3 s',
      ratio: ratioOf(starts),
      goal: { kind: 'most', value: 1 },
      remark: `${Math.round(ratioOf(starts).value * READY_MS)} ms`,
    },
    {
      section: 'footprint',
      what: 'idle memory / 200 MiB',
      ratio: ratioOf(memory),
      goal: { kind: 'most', value: 1 },
      remark: `${Math.round(ratioOf(memory).value * IDLE_MIB)} MiB`,
    },
  ];
  for (const finding of findings) say(lineOf(finding));
  return findings;
}
