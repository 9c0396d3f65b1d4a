import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Db, PgBoss, type WorkOptions } from 'pg-boss';
import { DataSource } from 'typeorm';
import type { TenantDb } from '../database/tenant-db';
import { Environment } from '../config/environment';
import { poolOf } from '../database/pool-of';
import { QUEUE_SCHEMA } from '../database/queue-schema';

/** What is done with a job: it must bear being done twice, and one for several that ask for the same. */
export type JobHandler<T> = (data: T, signal: AbortSignal) => Promise<void>;

/** Jobs for later that fall into the same stretch of time are one. */
const SLOT_SECONDS = 5;
const MOST_DROPPED = 1_000;

/** What calls have come to, once they are over or cut off, may take so long to be written. */
const SETTLING_SECONDS = 5;

interface Worker {
  readonly queue: string;
  readonly options: WorkOptions;
  readonly handler: JobHandler<unknown>;
}

/** Jobs that outlive a process, kept in PostgreSQL. */
@Injectable()
export class JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(JobQueue.name);
  private readonly boss: PgBoss;
  private readonly workers: Worker[] = [];
  private readonly stopping = new AbortController();
  private isStarted = false;

  constructor(
    dataSource: DataSource,
    private readonly environment: Environment,
  ) {
    this.boss = new PgBoss({
      db: overPool(dataSource),
      schema: QUEUE_SCHEMA,
      migrate: false,
      createSchema: false,
      schedule: false,
      reindex: false,
      monitorVacuum: false,
      // Without workers of its own, a process leaves the looking after to those that have some.
      supervise: environment.PUSH_WORKERS > 0,
      // So soon it is noticed that a worker is dead, after its heartbeat has been missed.
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      registerInstance: false,
    });
    this.boss.on('error', (error) =>
      this.log.error(`The queue: ${error instanceof Error ? error.name : typeof error}`),
    );
  }

  /** To be called before the application has started. */
  work<T>(queue: string, options: WorkOptions, handler: JobHandler<T>): void {
    this.workers.push({ queue, options, handler: (data, signal) => handler(data as T, signal) });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.boss.start();
    this.isStarted = true;
    if (this.environment.PUSH_WORKERS === 0) return;
    for (const { queue, options, handler } of this.workers) {
      const settings = { ...options, localConcurrency: this.environment.PUSH_WORKERS };
      await this.boss.work<object>(queue, settings, async (jobs) => {
        for (const { data, signal } of jobs) {
          await this.dropOthers(queue, data);
          await handler(data, AbortSignal.any([signal, this.stopping.signal]));
        }
      });
    }
  }

  /** Jobs that wait and ask for the same are done with this one, which begins after all of them were added. */
  private async dropOthers(queue: string, data: object): Promise<void> {
    const others = await this.boss.findJobs(queue, { data, queued: true, limit: MOST_DROPPED });
    if (others.length > 0)
      await this.boss.deleteJob(
        queue,
        others.map(({ id }) => id),
      );
  }

  /** Adds a job for a tenant, in the transaction with which it comes and goes. */
  async send(queue: string, tenantId: string, data: object, db: TenantDb): Promise<void> {
    await this.boss.send(queue, data, { group: { id: tenantId }, db: overTransaction(db) });
  }

  /** Adds a job for later, unless the tenant has one for about that time. */
  async sendLater(queue: string, tenantId: string, data: object, afterSeconds: number): Promise<void> {
    const startAfter = Math.ceil(Math.max(0, afterSeconds));
    const slot = Math.floor((Date.now() / 1_000 + startAfter) / SLOT_SECONDS);
    await this.boss.send(queue, data, {
      group: { id: tenantId },
      startAfter,
      singletonKey: `${tenantId} ${slot}`,
      singletonSeconds: SLOT_SECONDS,
    });
  }

  /** Whoever is at work ends what is in hand, and leaves the rest to others. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    if (!this.isStarted) return;
    const seconds = this.environment.SHUTDOWN_SECONDS + SETTLING_SECONDS;
    await this.boss.stop({ graceful: true, timeout: seconds * 1_000, close: false });
  }
}

const overPool = (dataSource: DataSource): Db => ({
  executeSql: async (text, values) => await poolOf(dataSource).query(text, values),
});

const overTransaction = (db: TenantDb): Db => ({
  executeSql: async (text, values) => ({ rows: await db.keyed<unknown[]>(text, values) }),
});
