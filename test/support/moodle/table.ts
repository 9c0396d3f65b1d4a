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

/** A table whose ids, like PostgreSQL's, are used up even by an insert that is taken back. */
export class Table<R extends Row> {
  private rows = new Map<number, R>();
  private nextId = 1;

  /** As if that many had been there before. */
  startAt(id: number): void {
    this.nextId = id;
  }

  insert(values: Omit<R, 'id'>): R {
    const row = { ...values, id: this.nextId } as R;
    this.nextId += 1;
    this.rows.set(row.id, row);
    wrote(() => this.rows.delete(row.id));
    return row;
  }

  change(id: number, values: Partial<Omit<R, 'id'>>): void {
    const before = this.rows.get(id);
    if (before === undefined) return;
    this.rows.set(id, { ...before, ...values });
    wrote(() => this.rows.set(id, before));
  }

  remove(id: number): void {
    const before = this.rows.get(id);
    if (before === undefined) return;
    this.rows.delete(id);
    wrote(() => this.putBack(before));
  }

  removeWhere(matches: (row: R) => boolean): void {
    for (const { id } of this.filter(matches)) this.remove(id);
  }

  get(id: number): R | undefined {
    return this.rows.get(id);
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

  private putBack(row: R): void {
    const rows = [...this.rows.values(), row].toSorted((a, b) => a.id - b.id);
    this.rows = new Map(rows.map((each) => [each.id, each]));
  }
}
