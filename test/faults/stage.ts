import { createOwnDatabase, type OwnDatabase } from '../support/databases';
import { Line } from '../support/line';
import { type College, PushService } from '../support/push';
import { Run } from '../support/run';

/** A process of the service that answers requests. */
export interface Server {
  readonly run: Run;
  readonly url: string;
}

/** Who sends without a pause is to be held back by nothing but the fault. */
const BOUNDLESS = { MOODLE_CALLS_PER_SECOND: '200', REQUESTS_PER_MINUTE: '1000000' };

/** Colleges in a database of their own, and processes of the service that can be killed; they get at it by a line. */
export class Stage {
  private readonly runs: Run[] = [];

  private constructor(
    /** its own service is out of every fault's way: it is who looks */
    readonly push: PushService,
    readonly database: OwnDatabase,
    readonly line: Line,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** @param where the database is; or the name of one that is made on the tests' server */
  static async start(
    where: string | OwnDatabase,
    colleges: number,
    variables: Record<string, string> = {},
  ): Promise<Stage> {
    const database = typeof where === 'string' ? await createOwnDatabase(where) : where;
    const line = new Line(new URL(database.url));
    const own = { ...BOUNDLESS, MOODLE_TIMEOUT_SECONDS: '60', ...variables };
    const push = await PushService.start(colleges, { ...own, DATABASE_URL: database.url });
    return new Stage(push, database, line, { ...push.variables, DATABASE_URL: await line.open() });
  }

  next(): College {
    return this.push.next();
  }

  /** Answers requests, and leaves pushing to workers. */
  async serve(variables: Record<string, string> = {}): Promise<Server> {
    const run = this.serveSoon(variables);
    return { run, url: await run.ready() };
  }

  /** The same, which need not be ready yet. */
  serveSoon(variables: Record<string, string> = {}): Run {
    return this.begin(['serve'], { PUSH_WORKERS: '0', ...variables });
  }

  /** Pushes, for so many tenants at once. */
  work(tenants: number, variables: Record<string, string> = {}): Run {
    return this.begin(['worker'], { PUSH_WORKERS: String(tenants), ...variables });
  }

  async close(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.end('SIGKILL')));
    await this.push.close();
    await this.line.close();
    await this.database.drop();
  }

  private begin(args: readonly string[], variables: Record<string, string>): Run {
    const run = new Run(this.push.folder, { ...this.variables, ...variables }, args);
    this.runs.push(run);
    return run;
  }
}
