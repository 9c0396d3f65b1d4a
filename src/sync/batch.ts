import type { Classifier } from './classify';
import type { EntityDefinition } from './fields';
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

/** One run's share of a batch. */
export interface Portion {
  readonly run: Run;
  readonly by: Classifier;
  readonly records: RecordsById;
}

/** Records of one entity and tenant that are applied together, in one transaction. No id is in two portions. */
export interface Batch {
  readonly parts: SyncedParts;
  /** the entity's declaration, as the tenant has it */
  readonly definition: EntityDefinition;
  readonly tenantId: string;
  readonly portions: readonly Portion[];
  /** the records are none of their own: they wake what waits under their ids */
  readonly isWake: boolean;
  /** does not wait for somebody else's lock: it can be applied portion by portion */
  readonly isImpatient?: boolean;
  /** until then the batch is not finished, and locks nothing that it does not write at once */
  readonly turn?: Promise<unknown>;
}

/** What came of a portion: an outcome for each record, the groups, and the references that name nothing stored. */
export interface Applied {
  readonly outcomes: Outcomes;
  readonly groups: readonly RecordGroup[];
  readonly dangling: readonly DanglingReference[];
  /** the ids of rows that are there now and were not before, and that something waits for */
  readonly awaited: readonly string[];
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

/** A batch of one run alone. */
export const batchOf = (parts: SyncedParts, portion: Portion, isWake = false): Batch => ({
  parts,
  definition: portion.by.definition,
  tenantId: portion.run.tenantId,
  portions: [portion],
  isWake,
});

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
