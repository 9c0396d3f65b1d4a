import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog } from '../../audit/audit-log';
import { TenantTransaction } from '../../database/tenant-transaction';
import { isUuid, type PageOf, toPage, uuidOf } from '../../sync/cursor';
import { RecordNotFound } from '../../sync/record-not-found';
import type { Kind } from '../targets/target';
import { HoldRepository } from './hold.repository';
import type { HoldState } from './push-hold.entity';

/** A hold, as the routes answer it. */
export interface HoldView {
  readonly hold_id: string;
  readonly state: HoldState;
  /** how many are held back; of a decided hold, how many were */
  readonly size: number;
  /** the same by kind, while it is open */
  readonly kinds: Readonly<Partial<Record<Kind, number>>>;
  readonly created_at: string;
  readonly expires_at: string;
  readonly decided_at: string | null;
  readonly note: string | null;
}

export interface HoldsRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly state?: HoldState | undefined;
}

interface HoldLine {
  readonly id: string;
  readonly state: HoldState;
  readonly size: number;
  readonly kinds: Partial<Record<Kind, number>>;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_at: Date | null;
  readonly note: string | null;
}

const SELECT = `SELECT id, state, size, created_at, expires_at, decided_at, note, coalesce(
    (SELECT jsonb_object_agg(kind, count) FROM (
       SELECT kind, count(*) FROM push_target WHERE tenant_id = $1 AND hold_id = hold.id AND state = 'held' GROUP BY kind
     ) AS held), '{}') AS kinds
  FROM push_hold AS hold WHERE tenant_id = $1`;

/** Reads what is held back, and lets somebody decide. */
@Injectable()
export class HoldReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly holds: HoldRepository,
    private readonly audit: AuditLog,
  ) {}

  /** The newest first. @throws MalformedCursor */
  async findPage(tenantId: string, { limit, cursor, state }: HoldsRequest): Promise<PageOf<HoldView>> {
    const before = uuidOf(cursor);
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<HoldLine[]>(
        `${SELECT} AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3) ORDER BY id DESC LIMIT $4`,
        [tenantId, before, state ?? null, limit + 1],
      ),
    );
    return toPage(lines, limit, ({ id }) => id, toView);
  }

  /** @throws RecordNotFound when there is no such hold, or it is decided */
  async decide(
    tenantId: string,
    by: Actor,
    holdId: string,
    state: 'approved' | 'rejected',
    note: string,
  ): Promise<HoldView> {
    const line = await this.transaction.run(tenantId, async (db) => {
      if (!isUuid(holdId) || !(await this.holds.decide(db, tenantId, holdId, state, note))) return null;
      const [found] = await db.query<HoldLine[]>(`${SELECT} AND id = $2`, [tenantId, holdId]);
      const after = { state, note, size: found?.size };
      await this.audit.write(db, tenantId, by, {
        act: `hold.${state}`,
        subject: `hold ${holdId}`,
        before: { state: 'open' },
        after,
      });
      return found ?? null;
    });
    if (!line) throw new RecordNotFound('There is no open hold with this id in this tenant');
    return toView(line);
  }
}

function toView({ id, state, size, kinds, note, ...line }: HoldLine): HoldView {
  const held = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  return {
    hold_id: id,
    state,
    size: state === 'open' ? held : size,
    kinds,
    created_at: line.created_at.toISOString(),
    expires_at: line.expires_at.toISOString(),
    decided_at: line.decided_at?.toISOString() ?? null,
    note,
  };
}
