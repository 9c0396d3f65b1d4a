import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../database/tenant-transaction';
import { isUuid, type PageOf, positionOf, toPage, uuidOf } from '../sync/cursor';
import { EntityRegistry } from '../sync/entity-registry';
import type { RunResult } from '../sync/history/run-result';
import { RecordNotFound } from '../sync/record-not-found';
import type { Summary } from '../sync/sync-report';
import type { ImportState } from './import.entity';
import { type MissingCounts, type RejectedRecord, toRejected } from './import-report';

/** An import as the list shows it. */
export interface ImportView {
  readonly import_id: string;
  /** as in the routes, such as `students` */
  readonly entity: string;
  readonly state: ImportState;
  readonly full: boolean;
  readonly summary: Summary;
  readonly rejected: number;
  readonly released: number;
  readonly missing: MissingCounts | null;
  readonly started_at: string;
  readonly updated_at: string;
  readonly finished_at: string | null;
}

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface ImportLine extends Omit<ImportView, 'import_id' | 'started_at' | 'updated_at' | 'finished_at'> {
  readonly id: string;
  readonly started_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

const COLUMNS =
  'id, entity, state, is_full AS full, summary, rejected, released, missing, started_at, updated_at, finished_at';

/** A run and a record of it. */
const RESULT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} \d{1,9}$/;

/** Reads which files were taken in, and what of them was rejected. */
@Injectable()
export class ImportReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
  ) {}

  /** The newest first. @throws MalformedCursor */
  async findPage(tenantId: string, { limit, cursor }: PageRequest): Promise<PageOf<ImportView>> {
    const before = uuidOf(cursor);
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<ImportLine[]>(
        `SELECT ${COLUMNS} FROM import WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
        [tenantId, before, limit + 1],
      ),
    );
    return toPage(
      lines,
      limit,
      ({ id }) => id,
      (line) => this.toView(line),
    );
  }

  /** @throws RecordNotFound */
  async findOne(tenantId: string, id: string): Promise<ImportView> {
    const [line] = isUuid(id)
      ? await this.transaction.run(tenantId, (db) =>
          db.query<ImportLine[]>(`SELECT ${COLUMNS} FROM import WHERE tenant_id = $1 AND id = $2`, [tenantId, id]),
        )
      : [];
    if (!line) throw new RecordNotFound('There is no import with this id in this tenant, or no longer');
    return this.toView(line);
  }

  /** In the order of the file. @throws RecordNotFound @throws MalformedCursor */
  async findRejected(tenantId: string, id: string, { limit, cursor }: PageRequest): Promise<PageOf<RejectedRecord>> {
    const position = cursor === undefined ? null : positionOf(cursor, (text) => RESULT.test(text));
    const [run = null, record = null] = position?.split(' ') ?? [];
    await this.findOne(tenantId, id);
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<{ run_id: string; result: RunResult }[]>(
        `SELECT run.id AS run_id, result FROM run CROSS JOIN LATERAL jsonb_array_elements(results) AS result
         WHERE tenant_id = $1 AND import_id = $2 AND kind = 'import' AND ($3::uuid IS NULL OR run.id >= $3)
           AND ($3::uuid IS NULL OR run.id > $3 OR (result ->> 'record')::integer > $4)
           AND (result ->> 'status' <> 'SKIPPED' OR NOT coalesce((result ->> 'deferred')::boolean, false))
         ORDER BY run.id, (result ->> 'record')::integer LIMIT $5`,
        [tenantId, id, run, record, limit + 1],
      ),
    );
    return toPage(
      lines,
      limit,
      ({ run_id: of, result }) => `${of} ${result.record}`,
      ({ result }) => toRejected(result),
    );
  }

  private toView({ id, entity, started_at: from, updated_at: at, finished_at: to, ...rest }: ImportLine): ImportView {
    return {
      import_id: id,
      entity: this.entities.find(entity)?.definition.plural ?? entity,
      ...rest,
      started_at: from.toISOString(),
      updated_at: at.toISOString(),
      finished_at: to?.toISOString() ?? null,
    };
  }
}
