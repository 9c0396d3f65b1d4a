import { type CanonicalValue, columnOf, type EntityDefinition, type Field } from './fields';
import type { CanonicalValues } from './record';

/** A column that holds a canonical field, or something that follows from one. */
export interface MappedColumn {
  readonly name: string;
  readonly type: 'text' | 'date' | 'numeric';
}

export type ColumnValues = Record<string, CanonicalValue>;

/** Translates between canonical records and rows, and is the only one to do so. */
export abstract class RecordMapper {
  readonly columns: readonly MappedColumn[];
  private readonly fields: readonly { name: string; column: string }[];

  protected constructor(
    readonly definition: EntityDefinition,
    private readonly derivedColumns: readonly MappedColumn[] = [],
  ) {
    const fields = Object.entries(definition.fields);
    this.fields = fields.map(([name, field]) => ({ name, column: columnOf(name, field) }));
    this.columns = [
      ...fields.map(([name, field]) => ({ name: columnOf(name, field), type: typeOf(field) })),
      ...derivedColumns,
    ];
  }

  toRow(values: CanonicalValues): ColumnValues {
    const row: ColumnValues = { ...this.derive(values) };
    for (const { name, column } of this.fields) row[column] = values[name] ?? null;
    return row;
  }

  fromRow(row: Record<string, unknown>): CanonicalValues {
    const values: CanonicalValues = {};
    for (const { name, column } of this.fields) values[name] = (row[column] as CanonicalValue | undefined) ?? null;
    return values;
  }

  /** The columns that are stored for reading but are no part of the canonical record. */
  derivedFromRow(row: Record<string, unknown>): ColumnValues {
    return Object.fromEntries(this.derivedColumns.map(({ name }) => [name, (row[name] as CanonicalValue) ?? null]));
  }

  /** Values of the derived columns. */
  protected derive(_values: CanonicalValues): ColumnValues {
    return {};
  }
}

function typeOf(field: Field): MappedColumn['type'] {
  if (field.type === 'date') return 'date';
  return field.type === 'decimal' ? 'numeric' : 'text';
}
