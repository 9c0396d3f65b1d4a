import { type Classifier, classify, type TakenValues } from './classify';
import { type EntityDefinition, textOf } from './fields';
import type { Changes } from './diff';
import type { Outcome, Status } from './outcome';
import type { CanonicalValues, ParsedRecord } from './record';
import type { KnownReferences, NamedRecords } from './reference-resolver';
import type { RowChange } from './row-changes';
import type { Run } from './run';
import {
  claimOf,
  type MissingParent,
  NOTHING,
  type RowState,
  type Standing,
  uniqueField,
  uniqueValueOf,
  type Waiting,
} from './row-state';

/** A record with its place in the request. */
export interface PlacedRecord {
  readonly place: number;
  readonly record: ParsedRecord;
}

interface PlacedOutcome {
  readonly place: number;
  readonly outcome: Outcome;
}

const NO_VALUES: ReadonlySet<string> = new Set();
const NOT_TAKEN: TakenValues = new Map();

/** One change of the row, for its history. */
export interface GroupChange {
  readonly status: Status;
  readonly changes: Changes;
  readonly version: string | null;
  /** the run that brought what waited, when that was part of it */
  readonly waitedSinceRunId: string | null;
}

/**
 * All records of one id in a request, folded onto what is stored and what waits, one after the other. What the fold
 * comes to depends on that and on which unique values others hold; it is done again when either turns out different.
 */
export class RecordGroup {
  readonly outcomes: PlacedOutcome[] = [];
  /** the row as the records leave it; null when there is none and none is to be stored */
  state: RowState | null = null;
  /** what the records leave waiting */
  wait: Waiting | null = null;
  /** what that waits for */
  missing: readonly MissingParent[] = [];
  /** what has changed about the row, step by step */
  readonly changes: GroupChange[] = [];
  /** unique values that the records asked for and got, if only for a moment; the one that the row holds is not among them */
  asked: ReadonlySet<string> = NO_VALUES;
  private standing: Standing = NOTHING;
  private known: KnownReferences | null = null;
  private refusal: Outcome | null = null;
  private taken: TakenValues = NOT_TAKEN;
  private readonly records: readonly PlacedRecord[];

  /**
   * @param place among the batch's groups; it decides between two that want the same value
   * @param isWake the records are none of their own: they wake what waits, and do nothing when nothing does
   */
  constructor(
    readonly zohoId: string,
    records: readonly PlacedRecord[],
    readonly run: Run,
    private readonly by: Classifier,
    readonly place: number,
    readonly isWake: boolean,
  ) {
    this.records = inOrder(records);
  }

  /** the row as it is stored; null when there is none */
  get row(): RowState | null {
    return this.standing.row;
  }

  /** what waits under the id before the records come */
  get waiting(): Waiting | null {
    return this.standing.waiting;
  }

  /** Whether the row must be written: its content, its version or its fingerprint. */
  get isChanged(): boolean {
    return this.state !== this.row;
  }

  get isContentChanged(): boolean {
    if (this.row?.deletedAt !== this.state?.deletedAt) return true;
    return this.outcomes.some(({ outcome: { status } }) => status === 'NEW' || status === 'UPDATED');
  }

  /** Whether what waits must be written, or taken away. */
  get isWaitChanged(): boolean {
    return this.wait !== this.standing.waiting;
  }

  /** Whether the row is there now and was not before, so that other records need not wait for it any longer. */
  get isArrival(): boolean {
    return this.state !== null && !this.state.deletedAt && (this.row === null || this.row.deletedAt !== null);
  }

  /** The last outcome, which tells what became of what waited. */
  get verdict(): Outcome | undefined {
    return this.outcomes.at(-1)?.outcome;
  }

  /** Folds onto this, all unique values being free as far as is known. */
  foldOnto(standing: Standing, known: KnownReferences): void {
    this.standing = standing;
    this.known = known;
    this.taken = NOT_TAKEN;
    this.fold();
  }

  /** Folds again, knowing that other records hold these values. */
  refuse(values: TakenValues): void {
    this.taken = new Map([...this.taken, ...values]);
    this.fold();
  }

  /** What was refused, each with the record that was to hold it. */
  get refused(): TakenValues {
    return this.taken;
  }

  /** Folds again, these values being free after all. */
  allow(values: readonly string[]): void {
    this.taken = new Map([...this.taken].filter(([value]) => !values.includes(value)));
    this.fold();
  }

  /** The unique value that the row holds (`stored`), or will hold. */
  uniqueValue(state: RowState | null): string | null {
    return uniqueValueOf(this.by.definition, state);
  }

  /** Every unique value that any of the records may ask for. */
  candidates(): string[] {
    const field = uniqueField(this.by.definition);
    if (!field) return [];
    const { row, waiting } = this.standing;
    const kept = [waiting?.values[field], row?.deletedAt ? row.values[field] : null].map(textOf);
    const carried = this.records.flatMap(({ record }) => uniqueValuesIn(this.by.definition, record));
    return [...kept.filter((value) => value !== null).map(claimOf), ...carried];
  }

  /** Notes every record of another entity that this one's records may name. */
  noteNamed(named: NamedRecords): void {
    for (const { record } of this.records) named.add(this.by.definition, record.values);
  }

  /** The database refused to store what the records come to: they get this outcome, and wait if it says so. */
  setAside(outcome: Outcome): void {
    this.refusal = outcome;
  }

  get isSetAside(): boolean {
    return this.refusal !== null;
  }

  private fold(): void {
    if (!this.known) throw new Error('A group is folded onto what is stored first');
    const held = this.uniqueValue(this.row);
    let now = current(this.standing, this.isWake);
    this.missing = [];
    this.outcomes.length = 0;
    this.changes.length = 0;
    let asked: Set<string> | null = null;
    for (const placed of this.isWake && !now.waiting ? [] : this.records) {
      now = this.step(placed, now, this.known);
      const value = this.uniqueValue(now.row);
      if (value !== null && value !== held) (asked ??= new Set()).add(value);
    }
    this.asked = asked ?? NO_VALUES;
    this.state = now.row;
    this.wait = now.waiting ?? this.keptResting();
    if (this.refusal) this.keepFrom(this.refusal);
  }

  /** What has expired or was rejected stays until something as new takes its place. */
  private keptResting(): Waiting | null {
    const { waiting } = this.standing;
    if (!waiting?.isResting) return null;
    const isApplied = this.outcomes.some(({ outcome: { status } }) => IS_APPLIED.has(status));
    const isNewest = waiting.version !== null && this.state?.version != null && waiting.version > this.state.version;
    return isApplied && !isNewest ? null : waiting;
  }

  private step({ place, record }: PlacedRecord, before: Standing, known: KnownReferences): Standing {
    const { outcome, changes, missing, row, waiting } = classify(this.by, record, before, known, this.taken);
    this.outcomes.push({ place, outcome });
    if (waiting !== before.waiting) this.missing = missing;
    if (changes) {
      const waitedSinceRunId = before.waiting?.runId ?? null;
      this.changes.push({ status: outcome.status, changes, version: row?.version ?? null, waitedSinceRunId });
    }
    return { row, waiting };
  }

  private keepFrom(refusal: Outcome): void {
    const { state, row } = this;
    if (state !== null && state !== row && refusal.deferred) {
      this.wait = { values: state.values, version: state.version, runId: this.by.runId };
    }
    for (const [at, { place }] of this.outcomes.entries()) this.outcomes[at] = { place, outcome: refusal };
    this.changes.length = 0;
    this.asked = NO_VALUES;
    this.state = row;
  }
}

/** Every unique value that a record may ask for, as it is compared. */
export function uniqueValuesIn(definition: EntityDefinition, { values, firstSight }: ParsedRecord): string[] {
  const field = uniqueField(definition);
  if (!field) return [];
  const onFirstSight = firstSight.get(field);
  const carried = [values[field], onFirstSight?.kind === 'value' ? onFirstSight.value : null];
  return carried
    .map(textOf)
    .filter((value) => value !== null)
    .map(claimOf);
}

const IS_APPLIED: ReadonlySet<string> = new Set(['NEW', 'UPDATED', 'UNCHANGED', 'DELETED']);

/** What waits is out of date when the row has become newer meanwhile; what rests counts only when it is woken. */
function current({ row, waiting }: Standing, isWake: boolean): Standing {
  const isOverdue = row?.version && waiting?.version && waiting.version < row.version;
  return { row, waiting: isOverdue || (waiting?.isResting && !isWake) ? null : waiting };
}

/** By `Modified_Time` when every record has one, else as given. */
function inOrder(records: readonly PlacedRecord[]): readonly PlacedRecord[] {
  if (records.length === 1 || records.some(({ record }) => record.version === null)) return records;
  return records.toSorted((a, b) => compareText(a.record.version ?? '', b.record.version ?? '') || a.place - b.place);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** What has become of rows whose content has changed. */
export function changesOf(groups: readonly RecordGroup[]): RowChange[] {
  const changed = groups.filter(({ isContentChanged }) => isContentChanged);
  return changed.map(({ zohoId, run, row, state }) => ({
    zohoId,
    runId: run.id,
    before: valuesOf(row),
    after: valuesOf(state),
  }));
}

const valuesOf = (state: RowState | null): CanonicalValues | null => (state && !state.deletedAt ? state.values : null);
