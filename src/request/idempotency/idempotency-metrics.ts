import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/**
 * How a sync request met its key: `processed`, as nobody had it · `replayed`, the answer given before · `refreshed`,
 * processed anew as that answer was no longer true · `in_progress`, 409 · `key_reused`, 422 · `without_store`, processed
 * though the store was away
 */
const MEETINGS = ['processed', 'replayed', 'refreshed', 'in_progress', 'key_reused', 'without_store'] as const;
export type Meeting = (typeof MEETINGS)[number];

/** Counts how sync requests met their keys; dry runs have none. */
@Injectable()
export class IdempotencyMetrics {
  private readonly requests: Counter<'result'>;

  constructor(registry: Registry) {
    this.requests = new Counter({
      name: 'idempotent_requests_total',
      help: 'How many sync requests there were, by how they met their idempotency key',
      labelNames: ['result'],
      registers: [registry],
    });
    for (const result of MEETINGS) this.requests.inc({ result }, 0);
  }

  count(result: Meeting): void {
    this.requests.inc({ result });
  }
}
