import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Bench, Section } from './bench';
import { type Finding, isMissed } from './goal';
import { Machine } from './machine';
import { fairness } from './sections/fairness';
import { footprint } from './sections/footprint';
import { growth } from './sections/growth';
import { importing } from './sections/import';
import { rowLevelSecurity } from './sections/row-level-security';
import { push } from './sections/push';
import { routes } from './sections/routes';
import { sync } from './sections/sync';

const SECTIONS: ReadonlyMap<string, Section> = new Map([
  ['footprint', footprint],
  ['routes', routes],
  ['sync', sync],
  ['fairness', fairness],
  ['rls', rowLevelSecurity],
  ['push', push],
  ['import', importing],
  ['growth', growth],
]);

/** What `--quick` leaves out, as it takes minutes. */
const SLOW: ReadonlySet<string> = new Set(['growth', 'rls', 'push']);

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function measure(machine: Machine): Promise<Finding[]> {
  const isQuick = values.quick;
  const service = await machine.startService();
  const bench: Bench = {
    machine,
    service,
    isQuick,
    rounds: isQuick ? 3 : 7,
    milliseconds: isQuick ? 400 : 700,
    say,
  };
  const findings: Finding[] = [];
  for (const [name, section] of SECTIONS) {
    if (values.only ? !values.only.includes(name) : isQuick && SLOW.has(name)) continue;
    findings.push(...(await section(bench)));
  }
  return findings;
}

async function main(): Promise<void> {
  const machine = await Machine.start();
  try {
    const findings = await measure(machine);
    await mkdir('bench/results', { recursive: true });
    await writeFile('bench/results/bench.json', `${JSON.stringify({ node: process.version, findings }, null, 2)}\n`);
    const missed = findings.filter(isMissed);
    say(missed.length === 0 ? 'Every goal is met.' : `Goals missed: ${missed.map(({ what }) => what).join('; ')}`);
    process.exitCode = missed.length === 0 ? 0 : 1;
  } finally {
    await machine.stop();
  }
}

void main();
