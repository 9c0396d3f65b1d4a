import { setImmediate as turn } from 'node:timers/promises';
import { Gate } from './gate';

/** Enough for requests that came together to have been checked too. */
const TURNS = 50;

/** The moment between a create's look at what is taken and its insert, in which other calls do the same. */
export class InsertHold {
  private held: Gate | undefined;
  private waiting = 0;
  private watchers: { readonly count: number; readonly gate: Gate }[] = [];

  constructor(private readonly racy: boolean) {}

  /** Nothing to wait for unless the test asks for races: check and insert are then one step. */
  pause(): Promise<void> | undefined {
    if (this.held !== undefined) return this.waitFor(this.held);
    return this.racy ? turns() : undefined;
  }

  hold(): void {
    this.held ??= new Gate();
  }

  release(): void {
    this.held?.open();
    this.held = undefined;
    this.waiting = 0;
  }

  /** When that many inserts are held. */
  reached(count: number): Promise<void> {
    const gate = new Gate();
    this.watchers.push({ count, gate });
    this.tell();
    return gate.opened;
  }

  private waitFor(gate: Gate): Promise<void> {
    this.waiting += 1;
    this.tell();
    return gate.opened;
  }

  private tell(): void {
    for (const { count, gate } of this.watchers) if (this.waiting >= count) gate.open();
    this.watchers = this.watchers.filter(({ count }) => this.waiting < count);
  }
}

async function turns(): Promise<void> {
  for (let left = TURNS; left > 0; left -= 1) await turn();
}
