import { AsyncLocalStorage } from 'node:async_hooks';

type Undo = () => void;
const journals = new AsyncLocalStorage<Undo[]>();

/** A transaction: what was written inside is taken back if it fails. */
export async function atomically<T>(work: () => T | Promise<T>): Promise<T> {
  const outer = journals.getStore();
  const journal: Undo[] = [];
  try {
    const result = await journals.run(journal, work);
    outer?.push(...journal);
    return result;
  } catch (error) {
    for (const undo of journal.toReversed()) undo();
    throw error;
  }
}

const wrote = (undo: Undo): void => void journals.getStore()?.push(undo);

interface Row {
  readonly id: number;
}

/** Which rows have which key. */
class Index<R extends Row> {
  private readonly ids = new Map<string, Set<number>>();

  constructor(private readonly keyOf: (row: R) => string) {}

  find(key: string): number[] {
    return [...(this.ids.get(key) ?? [])].toSorted((a, b) => a - b);
  }

  move(before?: R, after?: R): void {
    if (before !== undefined) this.ids.get(this.keyOf(before))?.delete(before.id);
    if (after === undefined) return;
    const key = this.keyOf(after);
    const there = this.ids.get(key);
    if (there === undefined) this.ids.set(key, new Set([after.id]));
    else there.add(after.id);
  }
}

/** A table whose ids, like PostgreSQL's, are used up even by an insert that is taken back. */
export class Table<R extends Row, K extends string = never> {
  private rows = new Map<number, R>();
  private nextId = 1;
  private readonly indexes: Readonly<Record<K, Index<R>>>;

  /** @param keys what of a row is looked for without going through all of them */
  constructor(keys: Readonly<Record<K, (row: R) => string>> = {} as Readonly<Record<K, (row: R) => string>>) {
    const indexes = Object.entries<(row: R) => string>(keys).map(([name, keyOf]) => [name, new Index(keyOf)]);
    this.indexes = Object.fromEntries(indexes) as Record<K, Index<R>>;
  }

  /** As if that many had been there before. */
  startAt(id: number): void {
    this.nextId = id;
  }

  insert(values: Omit<R, 'id'>): R {
    const row = { ...values, id: this.nextId } as R;
    this.nextId += 1;
    this.put(row);
    wrote(() => this.take(row));
    return row;
  }

  change(id: number, values: Partial<Omit<R, 'id'>>): void {
    const before = this.rows.get(id);
    if (before === undefined) return;
    this.put({ ...before, ...values });
    wrote(() => this.put(before));
  }

  remove(id: number): void {
    const before = this.rows.get(id);
    if (before === undefined) return;
    this.take(before);
    wrote(() => this.putBack(before));
  }

  removeWhere(matches: (row: R) => boolean): void {
    for (const { id } of this.filter(matches)) this.remove(id);
  }

  get(id: number): R | undefined {
    return this.rows.get(id);
  }

  /** Those whose key is this, by id. */
  with(key: K, value: string): R[] {
    return this.indexes[key].find(value).flatMap((id) => this.rows.get(id) ?? []);
  }

  /** By id. */
  all(): R[] {
    return [...this.rows.values()];
  }

  filter(matches: (row: R) => boolean): R[] {
    return this.all().filter(matches);
  }

  find(matches: (row: R) => boolean): R | undefined {
    for (const row of this.rows.values()) if (matches(row)) return row;
    return undefined;
  }

  some(matches: (row: R) => boolean): boolean {
    return this.find(matches) !== undefined;
  }

  private put(row: R): void {
    const before = this.rows.get(row.id);
    for (const index of Object.values<Index<R>>(this.indexes)) index.move(before, row);
    this.rows.set(row.id, row);
  }

  private take(row: R): void {
    for (const index of Object.values<Index<R>>(this.indexes)) index.move(this.rows.get(row.id));
    this.rows.delete(row.id);
  }

  private putBack(row: R): void {
    this.put(row);
    const rows = [...this.rows.values()].toSorted((a, b) => a.id - b.id);
    this.rows = new Map(rows.map((each) => [each.id, each]));
  }
}
