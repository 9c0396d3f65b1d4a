/** After so long a round holds the next one back no longer: it may be waiting for somebody's lock, or for the disk. */
const PATIENCE_MS = 25;
/** So long a round waits for as many as it was the last times. */
const GATHERING_MS = 2;
/** A round takes so many, or half of all there are: one half is worked on while the other half comes and goes. */
const FEW = 4;
/** A lane that nobody has used for so long has forgotten how many came. */
const MEMORY_MS = 250;

/**
 * Does the work of a round and answers for each item, in their order; an answer may be promised, so that no item waits for
 * what others of its round still need.
 *
 * @param letGo may be called when what is left to do is only waiting: the next round begins then
 */
export type RoundWork<I, O> = (
  items: readonly I[],
  lane: string,
  letGo: () => void,
) => Promise<readonly (O | Promise<O>)[]>;

/** What one round takes. */
interface Limits {
  /** keys in one round at most, unless a single item has more */
  readonly keys: number;
  /** rounds of a lane at once at most */
  readonly rounds: number;
}

interface Waiting<I, O> {
  readonly item: I;
  readonly keys: readonly string[];
  readonly resolve: (result: O | Promise<O>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does together what comes at the same time: what arrives while a round is under way is done in the next one, as one
 * piece of work. Who comes alone is served at once; where several came together, a round waits a moment for as many to
 * come again. Two items with a key in common are never in one round, and those that came first go first.
 */
export class Gathered<I, O> {
  private readonly lanes = new Map<string, Lane<I, O>>();

  constructor(
    private readonly work: RoundWork<I, O>,
    private readonly keysOf: (item: I) => readonly string[],
    private readonly limits: Limits,
  ) {}

  /** @param lane items of different lanes have nothing to do with one another */
  do(lane: string, item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      let open = this.lanes.get(lane);
      if (!open) {
        const work = (items: readonly I[], letGo: () => void): ReturnType<RoundWork<I, O>> =>
          this.work(items, lane, letGo);
        open = new Lane(work, this.limits, () => this.lanes.delete(lane));
        this.lanes.set(lane, open);
      }
      open.add({ item, keys: this.keysOf(item), resolve, reject });
    });
  }
}

/** Rounds that are done one after the other. */
class Lane<I, O> {
  private waiting: Waiting<I, O>[] = [];
  /** rounds that hold the next one back */
  private holding = 0;
  private running = 0;
  /** items in the rounds that are under way */
  private underway = 0;
  /** how many were in the last two rounds */
  private last: readonly [number, number] = [0, 0];
  private due: { readonly isNow: boolean; readonly cancel: () => void } | null = null;
  private readonly forgetting: NodeJS.Timeout;

  constructor(
    private readonly work: (items: readonly I[], letGo: () => void) => ReturnType<RoundWork<I, O>>,
    private readonly limits: Limits,
    private readonly close: () => void,
  ) {
    this.forgetting = setTimeout(() => this.forget(), MEMORY_MS).unref();
  }

  add(one: Waiting<I, O>): void {
    this.waiting.push(one);
    this.schedule();
  }

  /** Those who come in the same turn of the event loop go together in any case. */
  private schedule(): void {
    if (this.waiting.length === 0 || this.holding > 0 || this.running >= this.limits.rounds) return;
    const isNow = this.waiting.length >= Math.ceil((this.last[0] + this.last[1]) / 2);
    if (this.due && (this.due.isNow || !isNow)) return;
    this.due?.cancel();
    const begin = (): void => {
      this.due = null;
      void this.run(this.take());
    };
    if (isNow) {
      const turn = setImmediate(begin);
      this.due = { isNow, cancel: () => clearImmediate(turn) };
    } else {
      const timer = setTimeout(begin, GATHERING_MS);
      this.due = { isNow, cancel: () => clearTimeout(timer) };
    }
  }

  private take(): Waiting<I, O>[] {
    const seen = new Set<string>();
    const round: Waiting<I, O>[] = [];
    const left: Waiting<I, O>[] = [];
    const most = Math.max(FEW, Math.ceil((this.waiting.length + this.underway) / 2));
    let count = 0;
    for (const one of this.waiting) {
      const isFull = round.length === most || (count > 0 && count + one.keys.length > this.limits.keys);
      if (isFull || one.keys.some((key) => seen.has(key))) {
        left.push(one);
      } else {
        round.push(one);
        count += one.keys.length;
      }
      // Whoever has a key in common with one that is left waits behind it.
      for (const key of one.keys) seen.add(key);
    }
    this.waiting = left;
    return round;
  }

  private async run(round: readonly Waiting<I, O>[]): Promise<void> {
    this.last = [round.length, this.last[0]];
    this.holding += 1;
    this.running += 1;
    this.underway += round.length;
    let isHolding = true;
    const letGo = (): void => {
      if (!isHolding) return;
      isHolding = false;
      this.holding -= 1;
      this.schedule();
    };
    const patience = setTimeout(letGo, PATIENCE_MS);
    try {
      const results = await this.work(
        round.map(({ item }) => item),
        letGo,
      );
      for (const [at, { resolve, reject }] of round.entries()) {
        if (at < results.length) resolve(results[at] as O | Promise<O>);
        else reject(new Error('A round did not answer for all of its items'));
      }
    } catch (error) {
      for (const { reject } of round) reject(error);
    } finally {
      clearTimeout(patience);
      this.running -= 1;
      this.underway -= round.length;
      letGo();
      this.schedule();
      this.forgetting.refresh();
    }
  }

  private forget(): void {
    if (this.running > 0 || this.waiting.length > 0) this.forgetting.refresh();
    else this.close();
  }
}
