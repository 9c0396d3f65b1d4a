import { type Connection, Query, type PoolClient, type QueryResult } from 'pg';

import { isUnavailable } from './database-errors';

/** A statement with its parameters; with a name, each connection plans it once. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
  /** rows as lists of their columns: of many rows that takes half the time */
  readonly rowMode?: 'array';
}

/** The server's word for whatever comes after a statement that failed. */
export const FAILED_BEFORE = '25P02';

/** What pg's query does beside what its types tell. */
interface PgQuery {
  name?: string;
  text: string;
  submit(connection: PgConnection): Error | null;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: PgConnection): void;
  handleEmptyQuery(connection: PgConnection): void;
  handleError(error: Error, connection: PgConnection): void;
  handleReadyForQuery(connection: PgConnection): void;
}

/** Which statements the server has been given under their names, and which of those it has taken. */
interface PgConnection extends Connection {
  readonly submittedNamedStatements: Record<string, string>;
  readonly parsedStatements: Record<string, string>;
}

type Answered = (error: Error | null, result: QueryResult) => void;
type PgQueryClass = new (config: object, answered?: Answered) => PgQuery;
// pg lets nothing but its own queries into a pipeline.
const BaseQuery = Query as unknown as PgQueryClass;

/** A statement that does not ask for an answer of its own. */
class Wagon extends BaseQuery {
  constructor(statement: Statement, answered: Answered) {
    super({ ...statement, queryMode: 'extended' }, answered);
  }

  /** In pg's query, what follows the parameters: to run the statement, and to ask for the answer. */
  _getRows(connection: PgConnection): void {
    connection.execute(null, false);
  }
}

/** Statements whose parsing was cut off by an error: whether the server knows them is not known. */
const uncertain = new WeakMap<PgConnection, Set<string>>();

/**
 * Statements that are sent together and answered together. The server answers, and wakes us, once for all of them rather
 * than once for each. When one fails, those behind it are passed over.
 */
class Train extends BaseQuery {
  /** so many have been answered */
  private done = 0;

  constructor(private readonly wagons: readonly Wagon[]) {
    super({ text: '' });
  }

  override submit(connection: PgConnection): null {
    const { stream } = connection;
    stream.cork();
    try {
      for (const wagon of this.wagons) {
        closeUncertain(connection, wagon);
        const refusal = wagon.submit(connection);
        if (refusal) throw refusal;
      }
      connection.sync();
    } finally {
      stream.uncork();
    }
    return null;
  }

  override handleRowDescription(message: unknown): void {
    this.wagons[this.done]?.handleRowDescription(message);
  }

  override handleDataRow(message: unknown): void {
    this.wagons[this.done]?.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: PgConnection): void {
    this.wagons[this.done]?.handleCommandComplete(message, connection);
    this.done += 1;
  }

  override handleEmptyQuery(): void {
    this.done += 1;
  }

  override handleReadyForQuery(connection: PgConnection): void {
    this.settle(connection, null);
  }

  override handleError(error: Error, connection: PgConnection): void {
    this.settle(connection, error);
  }

  private settle(connection: PgConnection, error: Error | null): void {
    for (const [at, wagon] of this.wagons.entries()) {
      if (at < this.done) {
        noteParsed(connection, wagon);
        wagon.handleReadyForQuery(connection);
      } else {
        if (at === this.done) noteUncertain(connection, wagon);
        else forgetSubmitted(connection, wagon);
        wagon.handleError(at === this.done ? (error ?? unanswered()) : behind(error), connection);
      }
    }
  }
}

function noteParsed(connection: PgConnection, { name, text }: PgQuery): void {
  if (!name) return;
  connection.parsedStatements[name] = text;
  forgetSubmitted(connection, { name });
  uncertain.get(connection)?.delete(name);
}

/** A statement that was parsed long ago is known whatever has become of it now. */
function noteUncertain(connection: PgConnection, wagon: PgQuery): void {
  if (!wagon.name || connection.parsedStatements[wagon.name] !== undefined) return;
  forgetSubmitted(connection, wagon);
  const names = uncertain.get(connection) ?? new Set();
  uncertain.set(connection, names.add(wagon.name));
}

function forgetSubmitted({ submittedNamedStatements }: PgConnection, { name }: Pick<PgQuery, 'name'>): void {
  if (name) delete submittedNamedStatements[name];
}

/**
 * To close a statement that is not there is no error. Only once it was parsed anew is it certain again: its closing may
 * have been passed over too.
 */
function closeUncertain(connection: PgConnection, { name }: PgQuery): void {
  if (!name || !uncertain.get(connection)?.has(name)) return;
  if (connection.submittedNamedStatements[name] === undefined) connection.close({ type: 'S', name }, false);
}

const unanswered = (): Error => new Error('Connection terminated: a statement was not answered');

/** What follows a statement that the server refused was passed over; when the connection was lost, nobody knows. */
function behind(error: Error | null): Error {
  if (error === null || isUnavailable(error)) return error ?? unanswered();
  return Object.assign(new Error('A statement that came before it has failed'), { code: FAILED_BEFORE });
}

/** Sends what is given to it in one turn of the event loop as one train. */
export class StatementLine {
  private waiting: Wagon[] = [];

  constructor(private readonly client: PoolClient) {}

  send(statement: Statement): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      const answered: Answered = (error, result) => (error ? reject(error) : resolve(result));
      this.waiting.push(new Wagon(statement, answered));
      if (this.waiting.length === 1) process.nextTick(() => this.depart());
    });
  }

  private depart(): void {
    const train = new Train(this.waiting);
    this.waiting = [];
    this.client.query(train as unknown as Query);
  }
}
