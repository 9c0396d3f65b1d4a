import type { Applied, Batch, Outcomes } from './batch';
import { IS_STORED, type Outcome } from './outcome';
import type { RecordIssue } from './record';
import type { RecordGroup } from './record-group';
import type { KnownReferences } from './reference-resolver';

/** Records that the database refused, each with the outcome that tells so. */
export type Refused = ReadonlyMap<string, Outcome>;

/** What came of each portion. */
export function collect(batch: Batch, groups: readonly RecordGroup[], known: KnownReferences): Applied[] {
  const byRun = Map.groupBy(groups, ({ run }) => run);
  return batch.portions.map(({ run }) => toApplied(batch, byRun.get(run) ?? [], known));
}

function toApplied({ definition }: Batch, groups: readonly RecordGroup[], known: KnownReferences): Applied {
  const outcomes: Outcomes = new Map();
  for (const { outcomes: placed, state } of groups) {
    const warnings = known.warnings(definition, state);
    for (const { place, outcome } of placed) outcomes.set(place, withMore(outcome, warnings));
  }
  const dangling = groups.flatMap(({ zohoId, state }) => known.danglingOf(definition, zohoId, state));
  return { outcomes, groups, dangling, awaited: [] };
}

const withMore = (outcome: Outcome, warnings: readonly RecordIssue[]): Outcome =>
  warnings.length > 0 && IS_STORED.has(outcome.status)
    ? { ...outcome, warnings: [...(outcome.warnings ?? []), ...warnings] }
    : outcome;

/** Refused for a second time, what waits was refused too: then there is nothing to keep. */
export function refusals({ parts, portions }: Batch, found: readonly string[], refused: Refused): Refused {
  return new Map(
    found.map((id) => {
      const { run, by } = portions.find(({ records }) => records.has(id)) ?? {};
      const message = `The ${parts.definition.name} could not be stored; the fault is ours. Tell us the request id ${run?.requestId ?? run?.id}`;
      const errors = [{ field: 'record', code: 'NOT_STORED', message }];
      const deferred = (by?.defers ?? false) && !refused.has(id);
      return [id, { status: 'ERROR', message, deferred, errors } satisfies Outcome];
    }),
  );
}
