import { setTimeout as pause } from 'node:timers/promises';
import type { College } from '../support/push';
import { randomFrom } from '../support/random';
import type { Run } from '../support/run';
import { changeOne, fill, letKeysGo, sceneOf, senderOf, untilDrained } from './college-records';
import { Load, studentsOf } from './load';
import { isWhole, tell } from './repeats';
import type { Address, Sender } from './sender';
import type { Stage } from './stage';
import { expectNothingLost, type Replays } from './verdict';

/** When a fault is over, so soon requests are answered again, and all that has changed is pushed. */
const BACK_S = 5;
const DRAINED_S = 60;

/** So many requests are answered between a fault and the next. */
const BETWEEN = 20;

/** A college whose records are changed without a pause. */
interface Busy {
  readonly college: College;
  readonly sender: Sender;
  readonly load: Load;
}

/** Colleges whose records are changed without a pause, and pushed by a worker, while faults strike. */
export class UnderLoad {
  private back = 0;

  private constructor(
    private readonly busy: readonly Busy[],
    private readonly worker: Run,
  ) {}

  static async begin(stage: Stage, address: Address, colleges = 1): Promise<UnderLoad> {
    const worker = stage.work(colleges + 1);
    const busy: Busy[] = [];
    for (let count = 0; count < colleges; count += 1) {
      const college = stage.next();
      const sender = senderOf(college, address);
      await fill(sender);
      const random = randomFrom(count);
      const load = new Load([...studentsOf(sender, 4), () => changeOne(sender, random)]);
      busy.push({ college, sender, load });
    }
    await worker.says(/( works), /);
    return new UnderLoad(busy, worker);
  }

  get colleges(): readonly College[] {
    return this.busy.map(({ college }) => college);
  }

  /** How often requests had to be sent again, by what became of them. */
  get again(): Readonly<Record<string, number>> {
    const total: Record<string, number> = {};
    for (const { sender } of this.busy)
      for (const [why, count] of Object.entries(sender.ledger.again)) total[why] = (total[why] ?? 0) + count;
    return total;
  }

  /** A fault at a moment that the number says; afterwards everybody is answered. */
  async strike(seed: number, fault: (random: () => number) => Promise<unknown>): Promise<void> {
    const random = randomFrom(seed);
    await this.answered(BETWEEN);
    await pause(100 * random());
    await fault(random);
    const began = performance.now();
    await this.answered(1);
    this.back = Math.max(this.back, secondsSince(began));
  }

  /** Until so many more of each college's requests are answered. @throws what has stopped the load */
  async answered(more: number): Promise<void> {
    await Promise.all(
      this.busy.map(({ sender: { ledger }, load }) => {
        const some = ledger.acknowledged.length + more;
        return load.reach(() => ledger.acknowledged.length >= some);
      }),
    );
  }

  /** Until so many more requests are asked to come again later. */
  async refused(more = 1): Promise<void> {
    const some = (this.again['503'] ?? 0) + more;
    await Promise.all(this.busy.map(({ load }) => load.reach(() => (this.again['503'] ?? 0) >= some)));
  }

  /** Nobody sends any more; the worker pushes what is left, and nothing is lost. */
  async endWell(what: string, replays: Replays = 'equal'): Promise<void> {
    const began = performance.now();
    await Promise.all(this.busy.map(({ load }) => load.stop()));
    for (const { college } of this.busy) await untilDrained(college);
    const times = { back: this.back, drained: secondsSince(began) };
    for (const { college, sender } of this.busy) {
      await letKeysGo(college);
      await expectNothingLost(sceneOf(college), sender.ledger, replays);
    }
    await expectToEnd(this.worker);
    expectInTime(what, times);
  }
}

async function expectToEnd(worker: Run): Promise<void> {
  expect(await worker.end('SIGTERM')).toBe(0);
}

function expectInTime(what: string, times: { readonly back: number; readonly drained: number }): void {
  tell(`${what}: answered again, and all pushed, after at most`, times);
  if (isWhole) expect([times.back <= BACK_S, times.drained <= DRAINED_S]).toEqual([true, true]);
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;
