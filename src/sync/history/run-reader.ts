import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '../../database/tenant-transaction';
import { isUuid, type PageOf, toPage, uuidOf } from '../cursor';
import { EntityRegistry } from '../entity-registry';
import { RecordNotFound } from '../record-not-found';
import type { RunKind } from '../run';
import type { Summary } from '../sync-report';
import type { RunResult } from './run-result';

/** A run as the list shows it. */
export interface RunView {
  readonly run_id: string;
  readonly kind: RunKind;
  /** as in the routes, such as `students`; null for work on what waits, whatever it is */
  readonly entity: string | null;
  readonly received_at: string;
  readonly request_id: string | null;
  readonly idempotency_key: string | null;
  readonly source: string | null;
  /** the import that it is a portion of */
  readonly import_id: string | null;
  readonly summary: Summary;
  readonly released: number;
}

/** A run with what became of each record; those that were UNCHANGED, or applied by an import, are only counted. */
export interface RunDetails extends RunView {
  readonly results: readonly RunResult[];
}

export interface RunsRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly entity?: string | undefined;
}

interface RunLine extends Omit<RunView, 'run_id' | 'received_at'> {
  readonly id: string;
  readonly received_at: Date;
}

const COLUMNS = 'id, kind, entity, received_at, request_id, idempotency_key, source, import_id, summary, released';

/** Reads what came, and what became of it. */
@Injectable()
export class RunReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
  ) {}

  /** The newest first. @throws MalformedCursor */
  async findPage(tenantId: string, { limit, cursor, entity }: RunsRequest): Promise<PageOf<RunView>> {
    const before = uuidOf(cursor);
    const name = entity === undefined ? null : (this.entities.findByRoute(entity)?.definition.name ?? '');
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<RunLine[]>(
        `SELECT ${COLUMNS} FROM run
         WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR entity = $3)
         ORDER BY id DESC LIMIT $4`,
        [tenantId, before, name, limit + 1],
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
  async findOne(tenantId: string, runId: string): Promise<RunDetails> {
    const [line] = isUuid(runId)
      ? await this.transaction.run(tenantId, (db) =>
          db.query<(RunLine & { results: RunResult[] })[]>(
            `SELECT ${COLUMNS}, results FROM run WHERE tenant_id = $1 AND id = $2`,
            [tenantId, runId],
          ),
        )
      : [];
    if (!line) throw new RecordNotFound('There is no run with this id in this tenant, or no longer');
    const { results, ...rest } = line;
    return { ...this.toView(rest), results };
  }

  private toView({ id, entity, received_at: at, ...rest }: RunLine): RunView {
    const plural = entity && (this.entities.find(entity)?.definition.plural ?? entity);
    return { run_id: id, ...rest, entity: plural, received_at: at.toISOString() };
  }
}
