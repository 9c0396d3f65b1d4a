import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { PushGate } from './site/push-gate';
import { KINDS } from './targets/target';
import type { Settled } from './targets/settlement.repository';

const OUTCOMES = ['pushed', 'adopted', 'waiting', 'retrying', 'held', 'failed'] as const;

/** Counts what became of pushes, by kind and outcome, and the sites that are not called for a moment. */
@Injectable()
export class PushMetrics {
  private readonly settled: Counter<'kind' | 'outcome'>;

  constructor(registry: Registry, gate: PushGate) {
    this.settled = new Counter({
      name: 'push_settled_total',
      help: 'How often a target was pushed, or was tried to be, by what came of it',
      labelNames: ['kind', 'outcome'],
      registers: [registry],
    });
    for (const kind of KINDS) for (const outcome of OUTCOMES) this.settled.inc({ kind, outcome }, 0);
    const sites = (name: string, help: string, count: () => number): void => {
      const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(count()) });
      registry.registerMetric(gauge);
    };
    sites(
      'moodle_breakers_open',
      'How many Moodle sites this process does not call for a moment, after failures in a row',
      () => gate.countBroken(),
    );
    sites(
      'moodle_sites_failing',
      'How many Moodle sites have failed in a row for this process, and have not taken a call since',
      () => gate.countFailing(),
    );
  }

  count(settled: readonly Settled[]): void {
    for (const { target, settlement } of settled) this.settled.inc({ kind: target.kind, outcome: settlement.outcome });
  }
}
