import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { EntityRegistry } from './entity-registry';
import { STATUSES } from './outcome';
import type { Summary } from './sync-report';

/** Counts records by entity and outcome: an increment for each outcome of a request, however many records it has. */
@Injectable()
export class RecordMetrics implements OnApplicationBootstrap {
  private readonly records: Counter<'entity' | 'outcome'>;
  private readonly released: Counter<'entity'>;

  constructor(
    registry: Registry,
    private readonly entities: EntityRegistry,
  ) {
    this.records = new Counter({
      name: 'records_total',
      help: 'How many records came, in requests and imports, by what became of them',
      labelNames: ['entity', 'outcome'],
      registers: [registry],
    });
    this.released = new Counter({
      name: 'records_released_total',
      help: 'How many records that had waited were applied',
      labelNames: ['entity'],
      registers: [registry],
    });
  }

  /** What has not happened yet is told as 0, so that its first time is seen as a rise. */
  onApplicationBootstrap(): void {
    for (const { definition } of this.entities.all) {
      this.released.inc({ entity: definition.plural }, 0);
      for (const outcome of STATUSES) this.records.inc({ entity: definition.plural, outcome }, 0);
    }
  }

  /** What a run came to, once it is committed. */
  count(entity: string, summary: Summary): void {
    for (const outcome of STATUSES) {
      if (summary[outcome] > 0) this.records.inc({ entity, outcome }, summary[outcome]);
    }
  }

  countReleased(entity: string, count: number): void {
    if (count > 0) this.released.inc({ entity }, count);
  }
}
