import { Injectable } from '@nestjs/common';
import { Counter, Histogram, Registry } from 'prom-client';
import { isKnownCode } from './moodle-error';

/** A look-up takes some 30 ms, a batch of users with passwords half a second. */
const BUCKETS_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface FinishedCall {
  /** Moodle's `wsfunction` */
  readonly name: string;
  readonly items: number;
  /** `ok` or an errorcode */
  readonly outcome: string;
  readonly milliseconds: number;
}

/** Counts calls and their items, by function and outcome. */
@Injectable()
export class MoodleCallMetrics {
  private readonly durations: Histogram<'function' | 'outcome'>;
  private readonly items: Counter<'function' | 'outcome'>;

  constructor(registry: Registry) {
    const common = { labelNames: ['function', 'outcome'] as const, registers: [registry] };
    this.durations = new Histogram({
      ...common,
      name: 'moodle_call_duration_seconds',
      help: 'How long calls of Moodle took',
      buckets: BUCKETS_SECONDS,
    });
    this.items = new Counter({
      ...common,
      name: 'moodle_call_items_total',
      help: 'How many items were sent to Moodle, or asked for',
    });
  }

  count({ name, items, outcome, milliseconds }: FinishedCall): void {
    const labels = { function: name, outcome: bounded(outcome) };
    this.durations.observe(labels, milliseconds / 1_000);
    this.items.inc(labels, items);
  }
}

/** Moodle and its plug-ins make up errorcodes at will, and each would be a time series of its own. */
const bounded = (outcome: string): string => (outcome === 'ok' || isKnownCode(outcome) ? outcome : 'other');
