import type { TenantDb } from '../database/tenant-db';
import { uuidv7 } from 'uuidv7';
import { columnArrays } from './column-arrays';
import type { RowState } from './row-state';
import type { CanonicalValues } from './record';
import type { ColumnValues, MappedColumn, RecordMapper } from './record-mapper';

/** A row as the read routes show it. */
export interface StoredRow {
  readonly id: string;
  readonly zohoId: string;
  readonly values: CanonicalValues;
  readonly derived: ColumnValues;
  readonly version: Date | null;
  readonly lastSync: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** set on a tombstone */
  readonly deletedAt: Date | null;
}

/** Rows as the parameters of the statements that write them. */
export interface SpelledRows {
  readonly parameters: readonly (string | null)[];
  readonly count: number;
}

/** A row to write: what it becomes, and whether its content changed or only its version or fingerprint. */
export interface RowWrite {
  readonly zohoId: string;
  readonly state: RowState;
  readonly contentChanged: boolean;
}

export interface RowFilter {
  /** rows after this id, in the order of their creation */
  readonly after?: string | undefined;
  readonly status?: string | undefined;
  readonly updatedSince?: string | undefined;
  /** tombstones too */
  readonly deleted?: boolean | undefined;
}

type RawRow = Record<string, unknown> & {
  id: string;
  zoho_id: string;
  fingerprint: string;
  version: Date | null;
  deleted_at: Date | null;
};

/** What is read of a row that may change: the values follow. */
type StateCells = readonly [
  zohoId: string,
  fingerprint: string,
  version: Date | null,
  deletedAt: Date | null,
  ...values: unknown[],
];
const BEFORE_VALUES = 4;

const spoken = ({ name, type }: MappedColumn): string => (type === 'text' || type === 'jsonb' ? name : `${name}::text`);

/**
 * Bulk reads and writes of one entity's table within a tenant. Every method is one statement, whatever the number of
 * rows, and every statement that locks does so in the order of zoho_id, compared as bytes.
 */
export abstract class SyncedRepository {
  private readonly table: string;
  private readonly selected: string;
  private readonly state: string;
  private readonly byStatus: string;
  /** of the statements that write: the columns, the rows that are given, and what becomes of one that is there */
  private readonly written: string;
  private readonly given: string;
  private readonly renewed: string;

  protected constructor(private readonly mapper: RecordMapper) {
    const { columns, definition } = mapper;
    this.table = definition.name;
    this.selected = columns.map(spoken).join(', ');
    this.state = mapper.ofRecord.map(spoken).join(', ');
    const names = columns.map(({ name }) => name).join(', ');
    const arrays = columns.map(({ type }, at) => `$${at + FIRST_COLUMN}::${type}[]`).join(', ');
    this.written = `tenant_id, id, zoho_id, fingerprint, version, deleted_at, last_sync, updated_at, ${names}`;
    this.given = `SELECT $1, written.id, zoho_id, fingerprint, version, deleted_at, at, at, ${names}
       FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::boolean[], $7::uuid[], ${arrays})
         AS written (zoho_id, fingerprint, version, deleted_at, content_changed, id, ${names}),
         LATERAL (SELECT CASE WHEN content_changed THEN clock_timestamp() ELSE '-infinity' END) AS time (at)`;
    const renewed = ['fingerprint', 'version', 'deleted_at', ...columns.map(({ name }) => name)];
    this.renewed = `${renewed.map((name) => `${name} = EXCLUDED.${name}`).join(', ')},
         last_sync = greatest(stored.last_sync, EXCLUDED.last_sync),
         updated_at = greatest(stored.updated_at, EXCLUDED.updated_at)`;
    const hasStatus = columns.some(({ name }) => name === 'status');
    this.byStatus = hasStatus ? '($3::text IS NULL OR lower(status) = lower($3))' : '$3::text IS NULL';
  }

  /** The rows with these ids, as they are now. */
  async readStates(db: TenantDb, tenantId: string, zohoIds: readonly string[]): Promise<Map<string, RowState>> {
    const rows = await db.keyedLists<StateCells>(
      `SELECT stored.* FROM unnest($2::text[]) AS asked (zoho_id), LATERAL (
         SELECT zoho_id, fingerprint, version, deleted_at, ${this.state} FROM ${this.table}
         WHERE tenant_id = $1 AND zoho_id = asked.zoho_id OFFSET 0) AS stored`,
      [tenantId, zohoIds],
    );
    return new Map(rows.map((row) => [row[0], this.toState(row)]));
  }

  /** Rows as parameters. They are spelled with turns for others in between, so that a statement can then be sent at once. */
  async spell(tenantId: string, writes: readonly RowWrite[]): Promise<SpelledRows> {
    const lines = writes.map((write) => ({ write, row: this.mapper.toRow(write.state.values), id: uuidv7() }));
    const columns = this.mapper.columns.map(
      ({ name }) =>
        ({ row }: (typeof lines)[number]) =>
          row[name] ?? null,
    );
    const arrays = await columnArrays(lines, [
      ({ write }) => write.zohoId,
      ({ write }) => write.state.fingerprint,
      ({ write }) => write.state.version,
      ({ write }) => write.state.deletedAt,
      ({ write }) => write.contentChanged,
      ({ id }) => id,
      ...columns,
    ]);
    return { parameters: [tenantId, ...arrays], count: writes.length };
  }

  /** Inserts rows that were absent when they were looked for; the statement fails when one of them is there now. */
  async insert(db: TenantDb, { parameters }: SpelledRows): Promise<void> {
    await db.changeKeyed(
      `INSERT INTO ${this.table} (${this.written}) ${this.given} ORDER BY zoho_id COLLATE "C"`,
      parameters,
    );
  }

  /**
   * Writes rows, absent ones and others, each only if it still is as it was when it was read.
   *
   * @param before the fingerprints of those that were there, by zoho_id
   * @returns how many were written
   */
  async writeUnlessOvertaken(
    db: TenantDb,
    { parameters }: SpelledRows,
    before: Readonly<Record<string, string>>,
  ): Promise<number> {
    const place = parameters.length + 1;
    return await db.changeKeyed(
      `INSERT INTO ${this.table} AS stored (${this.written}) ${this.given} ORDER BY zoho_id COLLATE "C"
       ON CONFLICT (tenant_id, zoho_id) DO UPDATE SET ${this.renewed}
         WHERE stored.fingerprint = $${place}::jsonb ->> stored.zoho_id AND stored.deleted_at IS NULL
           AND (stored.version IS NULL OR stored.version <= EXCLUDED.version)`,
      [...parameters, JSON.stringify(before)],
    );
  }

  /**
   * Makes all these rows this transaction's own: inserts those that are absent, locks the others, in one pass. A
   * locking read would lock no absent row, and two passes, one that locks and one that inserts, would wait for each
   * other crosswise: 12 writers of overlapping new records deadlocked until their retries ran out.
   *
   * @returns the ids that were inserted
   */
  async insertOrLock(db: TenantDb, { parameters }: SpelledRows): Promise<Set<string>> {
    const inserted: { zoho_id: string }[] = await db.keyed(
      `INSERT INTO ${this.table} (${this.written}) ${this.given} ORDER BY zoho_id COLLATE "C"
       ON CONFLICT (tenant_id, zoho_id) DO UPDATE SET zoho_id = EXCLUDED.zoho_id WHERE false -- locks, and changes nothing
       RETURNING zoho_id`,
      parameters,
    );
    return new Set(inserted.map((row) => row.zoho_id));
  }

  /**
   * Writes rows that this transaction has locked or inserted. It is an insert that always meets its row, since the plan
   * of a join would depend on how large the table is.
   */
  async update(db: TenantDb, { parameters }: SpelledRows): Promise<void> {
    await db.keyed(
      `INSERT INTO ${this.table} AS stored (${this.written}) ${this.given}
       ON CONFLICT (tenant_id, zoho_id) DO UPDATE SET ${this.renewed}`,
      parameters,
    );
  }

  /** Takes back rows that this transaction inserted. */
  async withdraw(db: TenantDb, tenantId: string, zohoIds: readonly string[]): Promise<void> {
    await db.query(`DELETE FROM ${this.table} WHERE tenant_id = $1 AND zoho_id = ANY($2::text[])`, [tenantId, zohoIds]);
  }

  async findMany(db: TenantDb, tenantId: string, zohoIds: readonly string[]): Promise<StoredRow[]> {
    const rows: RawRow[] = await db.query(
      `SELECT ${BOOKKEEPING}, ${this.selected} FROM ${this.table} WHERE tenant_id = $1 AND zoho_id = ANY($2::text[])`,
      [tenantId, zohoIds],
    );
    return rows.map((row) => this.toStoredRow(row));
  }

  /** Rows in the order of their creation. */
  async findPage(db: TenantDb, tenantId: string, filter: RowFilter, limit: number): Promise<StoredRow[]> {
    const rows: RawRow[] = await db.query(
      `SELECT ${BOOKKEEPING}, ${this.selected} FROM ${this.table}
       WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id > $2) AND ${this.byStatus}
         AND ($4::timestamptz IS NULL OR updated_at >= $4) AND ($5 OR deleted_at IS NULL)
       ORDER BY id LIMIT $6`,
      [
        tenantId,
        filter.after ?? null,
        filter.status ?? null,
        filter.updatedSince ?? null,
        filter.deleted ?? false,
        limit,
      ],
    );
    return rows.map((row) => this.toStoredRow(row));
  }

  private toState(row: StateCells): RowState {
    const [, fingerprint, version, deletedAt] = row;
    return {
      values: this.mapper.fromCells(row, BEFORE_VALUES),
      fingerprint,
      version: version?.toISOString() ?? null,
      deletedAt: deletedAt?.toISOString() ?? null,
    };
  }

  private toStoredRow(row: RawRow): StoredRow {
    return {
      id: row.id,
      zohoId: row.zoho_id,
      values: this.mapper.fromRow(row),
      derived: this.mapper.derivedFromRow(row),
      version: row.version,
      lastSync: row['last_sync'] as Date,
      createdAt: row['created_at'] as Date,
      updatedAt: row['updated_at'] as Date,
      deletedAt: row.deleted_at,
    };
  }
}

/** The parameters before those of the columns: tenant, zoho_id, fingerprint, version, deleted_at, content_changed, id. */
const FIRST_COLUMN = 8;

const BOOKKEEPING = 'id, zoho_id, fingerprint, version, last_sync, created_at, updated_at, deleted_at';
