import type { Classifier } from './classify';
import type { FingerprintService } from './fingerprint.service';
import type { Outcome } from './outcome';
import type { TenantMapping } from './profile/profile-reader';
import type { ParsedRecord } from './record';
import type { PlacedRecord, RecordGroup } from './record-group';
import type { DanglingReference } from './reference-resolver';
import type { Run } from './run';
import type { SyncedParts } from './synced-parts';

export type Outcomes = Map<number, Outcome>;
export type RecordsById = ReadonlyMap<string, readonly PlacedRecord[]>;

/** Records of one entity that are applied together, in one transaction. */
export interface Batch {
  readonly parts: SyncedParts;
  readonly by: Classifier;
  readonly run: Run;
  readonly records: RecordsById;
  /** the records are none of their own: they wake what waits under their ids */
  readonly isWake: boolean;
  /** until then the batch may read, but neither lock nor write */
  readonly turn?: Promise<unknown>;
}

/** What came of a batch: an outcome for each record, the groups, and the references that name nothing stored. */
export interface Applied {
  readonly outcomes: Outcomes;
  readonly groups: readonly RecordGroup[];
  readonly dangling: readonly DanglingReference[];
}

/** What classifying an entity's records in a run takes, as the tenant has it. */
export const classifierOf = (
  { definition, parser }: SyncedParts,
  mapping: TenantMapping,
  fingerprints: FingerprintService,
  { id, receivedAt }: Run,
  isWake = false,
): Classifier => ({
  parser,
  definition: mapping.definitionOf(definition),
  fingerprints,
  runId: isWake ? null : id,
  receivedAt,
  defers: mapping.defers,
});

export const NOTHING_APPLIED: Applied = { outcomes: new Map(), groups: [], dangling: [] };

/** The records that have an id, under it, each with its place in the request. */
export function groupById(records: readonly ParsedRecord[]): RecordsById {
  const groups = new Map<string, PlacedRecord[]>();
  for (const [place, record] of records.entries()) {
    if (record.zohoId === null) continue;
    const group = groups.get(record.zohoId);
    if (group) group.push({ place, record });
    else groups.set(record.zohoId, [{ place, record }]);
  }
  return groups;
}
