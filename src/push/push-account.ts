import { Logger } from '@nestjs/common';
import { withFacts } from '../logging/log-facts';
import type { Settled } from './targets/settlement.repository';
import type { ClaimedTarget, Kind } from './targets/target';

/** Tells in the log what became of pushes: a line for each run that they are for, under its request's id. */
export class PushAccount {
  private readonly log = new Logger('Push');

  /** @param requestIds the requests that runs belong to, as far as they are some */
  tell(kind: Kind, batch: string, settled: readonly Settled[], requestIds: ReadonlyMap<string, string>): void {
    for (const [runId, own] of Map.groupBy(settled, ({ target }) => target.runId)) {
      const counts = Map.groupBy(own, ({ settlement }) => settlement.outcome);
      const words = [...counts].map(([outcome, some]) => `${some.length} ${outcome}`).join(', ');
      const requestId = runId === null ? undefined : requestIds.get(runId);
      const facts = { batch, ...(runId !== null && { run_id: runId }), ...(requestId && { request_id: requestId }) };
      withFacts(facts, () => this.log.log(`${kind}: ${words}${runId === null ? '' : ` (run ${runId})`}`));
    }
  }
}

/** The runs that these pushes are for. */
export const runsOf = (targets: readonly ClaimedTarget[]): string[] => [
  ...new Set(targets.flatMap(({ runId }) => (runId === null ? [] : [runId]))),
];
