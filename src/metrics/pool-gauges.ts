import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { poolOf } from '../database/pool-of';

/** What this process has of connections to the database, and who waits for one. */
@Injectable()
export class PoolGauges implements OnApplicationBootstrap {
  constructor(
    private readonly registry: Registry,
    private readonly dataSource: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    const pool = poolOf(this.dataSource);
    const { max } = pool.options;
    this.gauge('database_pool_size', 'How many connections there are at most', () => max);
    this.gauge('database_pool_in_use', 'How many connections are in use', () => pool.totalCount - pool.idleCount);
    this.gauge('database_pool_idle', 'How many connections are idle', () => pool.idleCount);
    this.gauge('database_pool_waiting', 'How many pieces of work wait for a connection', () => pool.waitingCount);
  }

  private gauge(name: string, help: string, look: () => number): Gauge {
    return new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(look());
      },
    });
  }
}
