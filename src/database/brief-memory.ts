interface Remembered<T> {
  readonly value: T;
  readonly until: number;
}

/** What another process has changed counts here after this time at the latest. */
const REMEMBERED_MS = 2_000;
/** More than a process serves within that time; what is older is of no use. */
const MOST_REMEMBERED = 2_000;

/** Remembers what was read of something, for a moment, so that it need not be read for every request. */
export class BriefMemory<T> {
  private readonly remembered = new Map<string, Remembered<T>>();
  /** counts what was forgotten: what was being read meanwhile may be older, and is not remembered */
  private forgotten = 0;

  constructor(private readonly load: (id: string) => Promise<T>) {}

  async read(id: string): Promise<T> {
    const known = this.remembered.get(id);
    if (known && known.until > performance.now()) return known.value;
    const { forgotten } = this;
    const until = performance.now() + REMEMBERED_MS;
    const value = await this.load(id);
    if (forgotten !== this.forgotten) return value;
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(id, { value, until });
    return value;
  }

  /** What was read last, without asking anybody; undefined when nothing was. */
  peek(id: string): T | undefined {
    return this.remembered.get(id)?.value;
  }

  forget(id: string): void {
    this.forgotten += 1;
    this.remembered.delete(id);
  }
}
