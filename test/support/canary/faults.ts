const MOST_SHOWN = 50;

/** What was found, each thing once with its first example: a leak of every request is told in a line. */
export class Faults {
  private readonly found = new Map<string, { example: string; times: number }>();
  private others = 0;

  add(what: string, example: string): void {
    const known = this.found.get(what);
    if (known) known.times += 1;
    else if (this.found.size < MOST_SHOWN) this.found.set(what, { example, times: 1 });
    else this.others += 1;
  }

  tell(): string[] {
    const shown = [...this.found].map(
      ([what, { example, times }]) => `${what}${times > 1 ? `, ${times} times, first` : ''}: ${example}`,
    );
    return this.others > 0 ? [...shown, `and ${this.others} more`] : shown;
  }
}
