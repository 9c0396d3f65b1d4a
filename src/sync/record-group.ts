import { claimOf, type Classifier, classify, type RowState, type TakenValues, uniqueField } from './classify';
import type { Outcome } from './outcome';
import type { ParsedRecord } from './record';

/** A record with its place in the request. */
export interface PlacedRecord {
  readonly place: number;
  readonly record: ParsedRecord;
}

/**
 * All records of one id in a request, folded onto the row one after the other. What the fold comes to depends on the
 * row and on which unique values others hold; it is done again when either turns out to be different.
 */
export class RecordGroup {
  readonly outcomes = new Map<number, Outcome>();
  /** the row as it is stored; null when there is none */
  row: RowState | null = null;
  /** the row as the records leave it; null when there is none and none is to be stored */
  state: RowState | null = null;
  /** unique values that the records asked for and got, if only for a moment; the one that the row holds is not among them */
  readonly asked = new Set<string>();
  /** in the request, of the first record; it decides between two that want the same value */
  readonly place: number;
  private readonly taken = new Map<string, string>();
  private readonly records: readonly PlacedRecord[];

  constructor(
    readonly zohoId: string,
    records: readonly PlacedRecord[],
    private readonly by: Classifier,
  ) {
    this.records = inOrder(records);
    this.place = records[0]?.place ?? 0;
  }

  /** Whether the row must be written: its content, its version or its fingerprint. */
  get isChanged(): boolean {
    return this.state !== this.row;
  }

  get isContentChanged(): boolean {
    return [...this.outcomes.values()].some(({ status }) => status === 'NEW' || status === 'UPDATED');
  }

  /** Folds onto this row, all values being free as far as is known. */
  foldOnto(row: RowState | null): void {
    this.row = row;
    this.taken.clear();
    this.fold();
  }

  /** Folds again, knowing that other records hold these values. */
  refuse(values: TakenValues): void {
    for (const [value, holder] of values) this.taken.set(value, holder);
    this.fold();
  }

  /** What was refused, each with the record that was to hold it. */
  get refused(): TakenValues {
    return this.taken;
  }

  /** Folds again, these values being free after all. */
  allow(values: readonly string[]): void {
    for (const value of values) this.taken.delete(value);
    this.fold();
  }

  /** The unique value that the row holds (`stored`), or will hold. */
  uniqueValue(state: RowState | null): string | null {
    const field = uniqueField(this.by.parser.definition);
    const value = field && state?.values[field];
    return value ? claimOf(value) : null;
  }

  /** Every unique value that any of the records may ask for. */
  candidates(): string[] {
    const field = uniqueField(this.by.parser.definition);
    if (!field) return [];
    return this.records.flatMap(({ record }) => {
      const onFirstSight = record.firstSight.get(field);
      const late = onFirstSight?.kind === 'value' ? onFirstSight.value : null;
      return [record.values[field], late].filter((value) => value != null).map(claimOf);
    });
  }

  private fold(): void {
    const held = this.uniqueValue(this.row);
    this.state = this.row;
    this.asked.clear();
    for (const { place, record } of this.records) {
      const { outcome, state } = classify(this.by, record, this.state, this.taken);
      this.outcomes.set(place, outcome);
      this.state = state;
      const value = this.uniqueValue(state);
      if (value !== null && value !== held) this.asked.add(value);
    }
  }
}

/** By `Modified_Time` when every record has one, else as given. */
function inOrder(records: readonly PlacedRecord[]): readonly PlacedRecord[] {
  if (records.length === 1 || records.some(({ record }) => record.version === null)) return records;
  return records.toSorted((a, b) => compareText(a.record.version ?? '', b.record.version ?? '') || a.place - b.place);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
