import { setTimeout as pause } from 'node:timers/promises';
import { endOfTest } from '../support/end-of-test';
import type { Sender } from './sender';

/** Senders who do one thing after the other, without a pause, until they are told to stop or their test is over. */
export class Load {
  private isOver = false;
  private readonly working: Promise<unknown>;

  /** @param work each of them is done again and again, beside the others */
  constructor(work: readonly (() => Promise<void>)[]) {
    this.working = Promise.all(work.map((each) => this.repeat(each)));
    this.working.catch(() => undefined);
  }

  /** A moment in the middle of it. @throws what has stopped one of them */
  async reach(isReached: () => boolean): Promise<void> {
    const isOver = endOfTest();
    while (!isReached()) {
      if (isOver()) throw new Error('The test was over before');
      await Promise.race([pause(5), this.working]);
    }
  }

  /** Waits until the last thing that was begun is done. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.working;
  }

  private async repeat(work: () => Promise<void>): Promise<void> {
    const isOver = endOfTest();
    while (!this.isOver && !isOver()) await work();
  }
}

/** So many who change students of their own, one at a time. */
export const studentsOf = (sender: Sender, count: number): (() => Promise<void>)[] =>
  Array.from({ length: count }, (_none, n) => () => sender.change('students', `load${n}`));
