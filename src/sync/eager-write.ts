import type { RecordGroup } from './record-group';
import type { Claims } from './unique-values.repository';

/** Another request was faster: what was folded onto what had been read is not true any longer. */
export class Overtaken extends Error {
  constructor() {
    super('Another request has changed the same records');
    this.name = 'Overtaken';
  }
}

/** What is written when nobody is expected to be in the way. */
export interface EagerWrite {
  readonly changed: readonly RecordGroup[];
  /** the fingerprints of rows that are there, by zoho_id */
  readonly before: Readonly<Record<string, string>>;
  /** unique values that nobody is known to hold */
  readonly claims: Claims;
}

/**
 * What the groups come to, if it can be written without locking first: nothing waits, no row is a tombstone, and
 * whoever asks for a unique value holds none yet and is the only one in the batch. That is so for nearly all.
 *
 * @returns null when it cannot
 */
export function eagerWriteOf(groups: readonly RecordGroup[]): EagerWrite | null {
  const changed: RecordGroup[] = [];
  const before: Record<string, string> = {};
  const claims: Claims = new Map();
  for (const group of groups) {
    if (group.isWaitChanged) return null;
    if (!group.isChanged) continue;
    const { row, zohoId } = group;
    if (row?.deletedAt) return null;
    if (row) before[zohoId] = row.fingerprint;
    if (!claim(group, claims)) return null;
    changed.push(group);
  }
  return { changed, before, claims };
}

/** @returns false when it takes more than a claim on what nobody has */
function claim(group: RecordGroup, claims: Claims): boolean {
  const held = group.uniqueValue(group.row);
  const wanted = group.uniqueValue(group.state);
  if (held === wanted) return group.asked.size === 0;
  if (held !== null || wanted === null || group.asked.size > 1 || claims.has(wanted)) return false;
  claims.set(wanted, group.zohoId);
  return true;
}
