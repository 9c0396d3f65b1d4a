import { AsyncLocalStorage } from 'node:async_hooks';

/** What lines tell besides their words, while the work goes on that they are about. Nothing of a record, and no secret. */
export interface LogFacts {
  readonly request_id?: string;
  readonly run_id?: string;
  /** pushes that a worker has in its hands together: one call of Moodle is for all of them */
  readonly batch?: string;
}

const current = new AsyncLocalStorage<LogFacts>();

export const withFacts = <T>(facts: LogFacts, work: () => T): T => current.run(facts, work);

export const currentFacts = (): LogFacts => current.getStore() ?? {};
