import { Injectable } from '@nestjs/common';
import { isUnavailable } from '../database/database-errors';
import { Gathered } from '../database/gathered';
import type { Ending } from '../database/tenant-transaction';
import type { Applied, Outcomes, Portion } from './batch';
import { BatchApplier } from './batch-applier';
import { HistoryRepository } from './history/history.repository';
import { runResults } from './history/run-result';
import { withWarnings } from './outcome';
import type { ParsedRecord } from './record';
import { changesOf } from './record-group';
import { type Foreseen, RowChanges } from './row-changes';
import { summarise, type SyncResult, toResult } from './sync-report';
import { giveWay } from './slices';
import type { SyncedParts } from './synced-parts';

/** A request's records on their way to the rows. */
export interface WriteRequest {
  readonly parts: SyncedParts;
  readonly portion: Portion;
  readonly records: readonly ParsedRecord[];
  /** of the profile by which they were read */
  readonly profileVersion: number;
}

/** What became of them. */
export interface Written {
  readonly applied: Applied;
  /** of each record, in their order */
  readonly results: readonly SyncResult[];
  readonly foreseen: Foreseen;
}

const keysOf = ({ portion }: WriteRequest): string[] => [...portion.records.keys()];

type Settled = PromiseSettledResult<Written>;

/** A request with more records is applied in a transaction of its own. */
const SMALL = 25;
const MOST_TOGETHER = 250;
const ROUNDS_AT_ONCE = 4;

/**
 * Writes requests, each with its run in the same transaction, so that neither is there without the other. Small ones
 * that come at the same time share a transaction: forty webhooks at once are a few transactions, and not forty.
 */
@Injectable()
export class RequestWriter {
  private readonly small: Gathered<WriteRequest, Settled>;

  constructor(
    private readonly batches: BatchApplier,
    private readonly history: HistoryRepository,
    private readonly changes: RowChanges,
  ) {
    const limits = { keys: MOST_TOGETHER, rounds: ROUNDS_AT_ONCE };
    this.small = new Gathered((requests, _lane, letGo) => this.writeEach(requests, letGo), keysOf, limits);
  }

  async write(request: WriteRequest, ending: Ending): Promise<Written> {
    if (ending === 'rollback' || request.records.length > SMALL) return onlyOf(await this.writeAll([request], ending));
    const { portion, profileVersion } = request;
    const lane = `${portion.run.tenantId} ${portion.by.definition.name} ${profileVersion}`;
    const written = await this.small.do(lane, request);
    if (written.status === 'rejected') throw written.reason;
    return written.value;
  }

  /** When they cannot be written together, each is written alone, so that none fails, or waits, because of another. */
  private async writeEach(
    requests: readonly WriteRequest[],
    letGo: () => void,
  ): Promise<(Settled | Promise<Settled>)[]> {
    if (requests.length > 1) {
      try {
        const written = await this.writeAll(requests, 'commit', letGo);
        return written.map((value) => ({ status: 'fulfilled', value }));
      } catch (reason) {
        // Whether it was committed may be unknown: then nobody writes it again but the callers.
        if (isUnavailable(reason)) return requests.map(() => ({ status: 'rejected', reason }));
      }
    }
    const alone = requests.map(async (one): Promise<Settled> => {
      const [settled] = await Promise.allSettled([this.writeAll([one], 'commit', letGo).then(onlyOf)]);
      return settled;
    });
    // Who is the only one holds the next round back; several that wait for different things do not.
    return requests.length > 1 ? alone : await Promise.all(alone);
  }

  /** @param letGo called when all is written but for the commit */
  private async writeAll(
    requests: readonly WriteRequest[],
    ending: Ending,
    letGo: () => void = () => undefined,
  ): Promise<Written[]> {
    const [first] = requests;
    if (!first) return [];
    const { parts, portion } = first;
    const { definition } = portion.by;
    const { tenantId } = portion.run;
    let results: SyncResult[][] = [];
    let foreseen: Foreseen = {};
    const portions = requests.map((one) => one.portion);
    const batch = { parts, definition, tenantId, portions, isWake: false, isImpatient: requests.length > 1 };
    const applied = await this.batches.apply(
      batch,
      async (db, all) => {
        const outcomes = requests.map(({ records }, at) => withRejected(records, all[at]));
        results = requests.map(({ records }, at) =>
          records.map(({ zohoId }, place) => toResult(parts.definition, zohoId, outcomes[at]?.get(place))),
        );
        await giveWay(first.records.length);
        const lines = requests.map(({ records, portion: { run } }, at) => ({
          run,
          entity: definition.name,
          summary: summarise(results[at] ?? []),
          results: runResults(records, outcomes[at] ?? new Map()),
        }));
        await this.history.addRuns(db, tenantId, lines);
        if (ending === 'rollback') {
          const groups = all.flatMap((one) => one.groups);
          foreseen = await this.changes.foresee(db, tenantId, definition.name, changesOf(groups));
        }
        letGo();
      },
      ending,
    );
    return applied.map((one, at) => ({ applied: one, results: results[at] ?? [], foreseen }));
  }
}

function onlyOf([written]: readonly Written[]): Written {
  if (!written) throw new Error('A request was not written');
  return written;
}

/** With the outcomes of records that have no id. */
function withRejected(records: readonly ParsedRecord[], applied: Applied | undefined): Outcomes {
  if (applied && records.every(({ zohoId }) => zohoId !== null)) return applied.outcomes;
  const outcomes: Outcomes = new Map(applied?.outcomes);
  for (const [place, { zohoId, issues, warnings }] of records.entries()) {
    if (zohoId !== null) continue;
    const message = issues.map((issue) => issue.message).join('; ');
    outcomes.set(place, { status: 'INVALID', message, errors: issues, ...withWarnings(warnings) });
  }
  return outcomes;
}
