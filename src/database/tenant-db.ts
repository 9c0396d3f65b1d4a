import { hash } from 'node:crypto';
import type { QueryResult } from 'pg';
import type { StatementLine } from './statement-train';

const READS = /^\s*SELECT\b/;

/** Under which each connection keeps its plan. The texts are the code's own, and few. */
const names = new Map<string, string>();

/** PostgreSQL cuts names at 63 bytes; whoever looks at `pg_prepared_statements` can read the beginning. */
const SPOKEN = 40;

function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined)
    names.set(sql, (name = `${sql.slice(0, SPOKEN)} ${hash('sha256', sql, 'base64url').slice(0, 22)}`));
  return name;
}

/**
 * One tenant's transaction. Statements that are sent without waiting for one another travel together, and run in the
 * order in which they were sent.
 */
export class TenantDb {
  /** by which the server can be asked what became of the transaction; null until something tells it */
  transactionId: string | null = null;
  private hasWritten = false;
  private hasEnded = false;

  constructor(private readonly line: StatementLine) {}

  /** Whether any statement may have changed something. */
  get isWriting(): boolean {
    return this.hasWritten;
  }

  /** @returns the rows that the statement answers */
  async query<T extends readonly unknown[] = never[]>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    return (await this.send(sql, parameters)).rows as unknown as T;
  }

  /**
   * The same for a statement that each connection plans once, however the tables grow: an insert, or rows that are looked
   * up by their whole key, each by itself (`FROM unnest(keys) AS asked, LATERAL (SELECT … OFFSET 0)`). Any other plan
   * that is made while a table is nearly empty is wrong for a full one.
   */
  async keyed<T extends readonly unknown[] = never[]>(sql: string, parameters: readonly unknown[] = []): Promise<T> {
    return (await this.send(sql, parameters, nameOf(sql))).rows as unknown as T;
  }

  /** The same, each row as a list of its columns. */
  async keyedLists<T extends readonly unknown[]>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.send(sql, parameters, nameOf(sql), 'array')).rows as T[];
  }

  /** The same, for how many rows it has changed. */
  async changeKeyed(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.send(sql, parameters, nameOf(sql))).rowCount ?? 0;
  }

  /** @returns how many rows the statement has changed */
  async change(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.send(sql, parameters)).rowCount ?? 0;
  }

  /** Whoever still holds this may not send anything into somebody else's transaction. */
  end(): void {
    this.hasEnded = true;
  }

  private send(text: string, parameters: readonly unknown[], name?: string, rowMode?: 'array'): Promise<QueryResult> {
    if (this.hasEnded) throw new Error('A statement came after its transaction had ended');
    this.hasWritten ||= !READS.test(text);
    return this.line.send({ text, values: parameters, ...(name && { name }), ...(rowMode && { rowMode }) });
  }
}
