import type { EntityDefinition } from './fields';
import { type Outcome, type Status, STATUSES } from './outcome';
import type { Foreseen } from './row-changes';
import type { Released } from './deferral/release.service';
import type { SyncCall } from './sync-call';

/** How many records had each outcome. */
export type Summary = { total: number } & Record<Status, number>;

/** One record's outcome with its id, under the key of its entity: `zoho_student_id` and the like. */
export type SyncResult = Outcome & Record<IdKey, string | null>;
type IdKey = `zoho_${string}_id`;

/** The outcomes of a request: N results for N records, in the order in which they came. */
export interface SyncReport {
  readonly status: 'success';
  readonly tenant_id: string;
  readonly idempotency_key: string;
  readonly run_id: string;
  readonly dry_run?: boolean;
  readonly summary: Summary;
  /** how many records that had waited were applied because of this request */
  readonly released?: number;
  /** more of them are being applied in the background */
  readonly releasing?: boolean;
  readonly results: readonly SyncResult[];
}

export function toResult({ name }: EntityDefinition, zohoId: string | null, outcome: Outcome | undefined): SyncResult {
  // A record that vanishes from the answer in silence is the one thing that must never happen.
  if (!outcome) throw new Error(`A ${name} has no outcome`);
  return { [idKeyOf(name)]: zohoId, ...outcome };
}

const idKeys = new Map<string, IdKey>();

/** Made once: a text that is put together anew is looked up anew with every record. */
function idKeyOf(name: string): IdKey {
  let key = idKeys.get(name);
  if (!key) idKeys.set(name, (key = `zoho_${name}_id`));
  return key;
}

export function toReport(
  call: SyncCall,
  runId: string,
  results: readonly SyncResult[],
  { released, releasing, foreseen }: Released & { readonly foreseen: Foreseen },
): SyncReport {
  return {
    status: 'success',
    tenant_id: call.tenantId,
    idempotency_key: call.idempotencyKey,
    run_id: runId,
    ...(call.dryRun && { dry_run: true }),
    summary: summarise(results),
    ...(released > 0 && { released }),
    ...(releasing && { releasing }),
    ...foreseen,
    results,
  };
}

export function summarise(results: readonly Outcome[]): Summary {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  for (const { status } of results) counts[status] += 1;
  return { total: results.length, ...counts };
}
