import { CUSTOM, type CanonicalValue, columnOf, type EntityDefinition, type FieldType } from './fields';
import type { CanonicalValues } from './record';

/** A column that holds a canonical field, or something that follows from one. */
export interface MappedColumn {
  readonly name: string;
  readonly type: 'text' | 'date' | 'numeric' | 'jsonb';
}

/** What is written to a column: a list as JSON. */
export type ColumnValues = Record<string, string | null>;

/** Translates between canonical records and rows, and is the only one to do so. */
export abstract class RecordMapper {
  readonly columns: readonly MappedColumn[];
  /** those that make up a canonical record, in the order in which `fromCells` takes them */
  readonly ofRecord: readonly MappedColumn[];
  private readonly fields: readonly { name: string; column: string }[];

  protected constructor(
    readonly definition: EntityDefinition,
    private readonly derivedColumns: readonly MappedColumn[] = [],
  ) {
    const fields = Object.entries(definition.fields);
    this.fields = fields.map(([name, field]) => ({ name, column: columnOf(name, field) }));
    const ofFields = fields.map(([name, field]) => ({ name: columnOf(name, field), type: COLUMN_TYPES[field.type] }));
    const custom = { name: 'custom', type: 'jsonb' } as const;
    this.columns = [...ofFields, ...derivedColumns, custom];
    this.ofRecord = [...ofFields, custom];
  }

  toRow(values: CanonicalValues): ColumnValues {
    // Only what a profile has added can be more.
    const custom = Object.keys(values).length > this.fields.length ? customOf(values) : null;
    const row: ColumnValues = { ...this.derive(values), custom };
    for (const { name, column } of this.fields) row[column] = toColumn(values[name] ?? null);
    return row;
  }

  fromRow(row: Record<string, unknown>): CanonicalValues {
    return this.fromCells(this.ofRecord.map(({ name }) => row[name]));
  }

  /** @param from where the columns begin */
  fromCells(cells: readonly unknown[], from = 0): CanonicalValues {
    const values: CanonicalValues = {};
    let at = from;
    for (const { name } of this.fields) {
      values[name] = (cells[at] as CanonicalValue | undefined) ?? null;
      at += 1;
    }
    const custom = cells[at] as Record<string, string> | null | undefined;
    if (custom) for (const [name, value] of Object.entries(custom)) values[CUSTOM + name] = value;
    return values;
  }

  /** The columns that are stored for reading but are no part of the canonical record. */
  derivedFromRow(row: Record<string, unknown>): ColumnValues {
    return Object.fromEntries(this.derivedColumns.map(({ name }) => [name, (row[name] as string | undefined) ?? null]));
  }

  /** Values of the derived columns. */
  protected derive(_values: CanonicalValues): ColumnValues {
    return {};
  }
}

const COLUMN_TYPES: Readonly<Record<FieldType, MappedColumn['type']>> = {
  text: 'text',
  email: 'text',
  reference: 'text',
  date: 'date',
  decimal: 'numeric',
  list: 'jsonb',
};

/** The fields that a profile has added, now or before; null when there are none. */
function customOf(values: CanonicalValues): string | null {
  const custom = Object.entries(values).filter(([name, value]) => name.startsWith(CUSTOM) && value !== null);
  if (custom.length === 0) return null;
  return JSON.stringify(Object.fromEntries(custom.map(([name, value]) => [name.slice(CUSTOM.length), value])));
}

const toColumn = (value: CanonicalValue): string | null =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
