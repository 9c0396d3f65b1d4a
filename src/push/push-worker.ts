import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Environment } from '../config/environment';
import { PUSH_QUEUE } from '../database/queue-schema';
import { JobQueue } from '../queue/job-queue';
import { MoodleSites } from './site/moodle-sites';
import { PushRound } from './push-round';

/** A tenant with a backlog gives the worker back after this time, and takes its turn again. */
const TURN_MS = 20_000;

/** Workers of all processes that one tenant has at once; fewer than a process has, so that others are not kept waiting. */
const MOST_WORKERS_OF_A_TENANT = 2;

/** A worker that finds enough others at its tenant leaves it to them, and the doorbell is rung once more after that time. */
const LATER_SECONDS = 1;

/** What may come later is looked at by the next doorbell, or by the upkeep of each minute. */
const LATEST_SECONDS = 60;

interface Doorbell {
  readonly tenantId: string;
}

/** Answers the doorbells: a round for the tenant, and another when there is more to do. */
@Injectable()
export class PushWorker implements OnModuleInit {
  private readonly most: number;
  /** how many workers of this process are at work for a tenant */
  private readonly atWork = new Map<string, number>();

  constructor(
    private readonly queue: JobQueue,
    private readonly round: PushRound,
    private readonly sites: MoodleSites,
    { PUSH_WORKERS: workers }: Environment,
  ) {
    this.most = Math.max(1, Math.min(MOST_WORKERS_OF_A_TENANT, workers - 1));
  }

  onModuleInit(): void {
    const options = { groupConcurrency: this.most, pollingIntervalSeconds: 0.5, burstWhenReadyExceeds: 1 };
    this.queue.work<Doorbell>(PUSH_QUEUE, options, ({ tenantId }, signal) => this.answer(tenantId, signal));
  }

  /** Workers who ask the queue at the same moment do not see each other there: all might be at one tenant. */
  async answer(tenantId: string, signal: AbortSignal): Promise<void> {
    const others = this.atWork.get(tenantId) ?? 0;
    if (others >= this.most) return this.queue.sendLater(PUSH_QUEUE, tenantId, { tenantId }, LATER_SECONDS);
    this.atWork.set(tenantId, others + 1);
    try {
      await this.takeTurn(tenantId, signal);
    } finally {
      const left = (this.atWork.get(tenantId) ?? 1) - 1;
      if (left > 0) this.atWork.set(tenantId, left);
      else this.atWork.delete(tenantId);
    }
  }

  private async takeTurn(tenantId: string, signal: AbortSignal): Promise<void> {
    const turn = AbortSignal.any([signal, AbortSignal.timeout(TURN_MS)]);
    const seconds = await this.round.run(tenantId, turn);
    if (seconds === null || seconds > LATEST_SECONDS) return;
    await this.queue.sendLater(PUSH_QUEUE, tenantId, { tenantId }, seconds);
  }

  /** Rings for what no doorbell is left for, as after a crash. Where nothing may be sent, it is only planned. */
  async remind(tenantId: string): Promise<void> {
    const seconds = await this.round.secondsUntilDue(tenantId);
    if (seconds === null || seconds > LATEST_SECONDS) return;
    if (!(await this.sites.find(tenantId))) await this.round.run(tenantId, AbortSignal.timeout(TURN_MS));
    else await this.queue.sendLater(PUSH_QUEUE, tenantId, { tenantId }, seconds);
  }
}
