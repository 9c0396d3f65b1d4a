import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, recordSubject } from '../../audit/audit-log';
import { TenantTransaction } from '../../database/tenant-transaction';
import { type PageOf, positionOf, toPage } from '../cursor';
import { EntityRegistry } from '../entity-registry';
import type { Missing } from '../outcome';
import { reasonOf } from '../reasons';
import type { RecordIssue } from '../record';
import { RecordNotFound } from '../record-not-found';
import type { MissingParent } from '../row-state';
import { isZohoId } from '../values/zoho-id';
import type { DeferredState } from './deferred-record.entity';
import { type DeferredId, DeferredRepository } from './deferred.repository';

/** A record that waits, as the route answers it. */
export interface DeferredView {
  /** as in the routes: `enrollments` */
  readonly entity: string;
  readonly zoho_id: string;
  readonly state: DeferredState;
  readonly missing: readonly Missing[];
  readonly errors: readonly RecordIssue[];
  readonly version: string | null;
  /** the run that brought the newest record that is merged in */
  readonly run_id: string;
  readonly since: string;
  readonly updated_at: string;
  readonly attempts: number;
  readonly next_try_at: string | null;
}

export interface DeferredRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly entity?: string | undefined;
  readonly state?: DeferredState | undefined;
}

interface DeferredLine {
  readonly entity: string;
  readonly zoho_id: string;
  readonly state: DeferredState;
  readonly missing: readonly MissingParent[];
  readonly errors: readonly RecordIssue[] | null;
  readonly version: Date | null;
  readonly run_id: string;
  readonly since: Date;
  readonly updated_at: Date;
  readonly attempts: number;
  readonly next_try_at: Date | null;
}

const COLUMNS = 'entity, zoho_id, state, missing, errors, version, run_id, since, updated_at, attempts, next_try_at';

/** Reads what waits, for what, and since when. */
@Injectable()
export class DeferredReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
    private readonly deferred: DeferredRepository,
    private readonly audit: AuditLog,
  ) {}

  /** In the order of entity and id. @throws MalformedCursor */
  async findPage(tenantId: string, { limit, cursor, entity, state }: DeferredRequest): Promise<PageOf<DeferredView>> {
    const after = cursor === undefined ? ['', ''] : positionOf(cursor, isPosition).split(' ');
    const name = entity === undefined ? null : (this.entities.findByRoute(entity)?.definition.name ?? '');
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<DeferredLine[]>(
        `SELECT ${COLUMNS} FROM deferred_record
         WHERE tenant_id = $1 AND (entity, zoho_id) > ($2, $3)
           AND ($4::text IS NULL OR entity = $4) AND ($5::text IS NULL OR state = $5)
         ORDER BY entity, zoho_id LIMIT $6`,
        [tenantId, ...after, name, state ?? null, limit + 1],
      ),
    );
    return toPage(
      lines,
      limit,
      ({ entity: of, zoho_id: id }) => `${of} ${id}`,
      (line) => this.toView(line),
    );
  }

  /** What waits under this id; null when nothing does. */
  async findOne(tenantId: string, { entity, zohoId }: DeferredId): Promise<DeferredView | null> {
    const [line] = await this.transaction.run(tenantId, (db) =>
      db.query<DeferredLine[]>(
        `SELECT ${COLUMNS} FROM deferred_record WHERE tenant_id = $1 AND entity = $2 AND zoho_id = $3`,
        [tenantId, entity, zohoId],
      ),
    );
    return line ? this.toView(line) : null;
  }

  /** The record that waits under this id. @throws RecordNotFound */
  async find(tenantId: string, route: string, zohoId: string): Promise<DeferredId> {
    const entity = this.entities.findByRoute(route)?.definition.name;
    if (entity !== undefined && isZohoId(zohoId)) {
      const found = await this.transaction.run(tenantId, (db) => this.deferred.read(db, tenantId, entity, [zohoId]));
      if (found.has(zohoId)) return { entity, zohoId };
    }
    throw new RecordNotFound('No record waits under this id in this tenant');
  }

  /** Gives up what waits under this id. @throws RecordNotFound */
  async discard(tenantId: string, by: Actor, route: string, id: string): Promise<void> {
    const { entity, zohoId } = await this.find(tenantId, route, id);
    await this.transaction.run(tenantId, async (db) => {
      await this.deferred.remove(db, tenantId, entity, [zohoId]);
      await this.audit.write(db, tenantId, by, { act: 'deferred.discarded', subject: recordSubject(route, zohoId) });
    });
  }

  private toView(line: DeferredLine): DeferredView {
    const missing = line.missing.map((parent) => ({
      field: parent.field,
      zoho_id: parent.zohoId,
      reason: reasonOf(parent),
    }));
    return {
      entity: this.entities.find(line.entity)?.definition.plural ?? line.entity,
      zoho_id: line.zoho_id,
      state: line.state,
      missing,
      errors: line.errors ?? [],
      version: line.version?.toISOString() ?? null,
      run_id: line.run_id,
      since: line.since.toISOString(),
      updated_at: line.updated_at.toISOString(),
      attempts: line.attempts,
      next_try_at: line.next_try_at?.toISOString() ?? null,
    };
  }
}

const isPosition = (text: string): boolean => /^[a-z_]{1,64} [A-Za-z0-9_.:-]{1,64}$/.test(text);
