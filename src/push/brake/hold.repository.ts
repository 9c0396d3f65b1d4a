import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import type { Kind } from '../targets/target';
import type { HoldState } from './push-hold.entity';

/** So long a hold waits for somebody to decide. */
const DAYS = 7;

interface Counts {
  /** targets that are in use */
  readonly active: number;
  /** that were suspended or hidden in the last hour without having been approved */
  readonly recent: number;
  readonly held: number;
}

/** What becomes of held targets: they go on, or stay as they are until their record changes. */
const AFTER: Readonly<Record<Exclude<HoldState, 'open'>, string>> = {
  approved: `state = 'wanted', is_approved = true, next_try_at = clock_timestamp(), reason = NULL, message = NULL`,
  rejected: `state = 'failed', reason = 'hold_rejected', message = 'Somebody has refused to suspend or hide it. It is looked at again when its record changes'`,
  expired: `state = 'failed', reason = 'hold_expired', message = 'Nobody has decided in time. It is looked at again when its record changes, or when it is retried'`,
};

/** What is held back; each method is a constant number of statements. */
@Injectable()
export class HoldRepository {
  async count(db: TenantDb, tenantId: string, kinds: readonly Kind[]): Promise<Counts> {
    const [counts]: Counts[] = await db.query(
      `SELECT count(*) FILTER (WHERE is_active)::integer AS active,
         count(*) FILTER (WHERE NOT is_active AND deactivated_at > clock_timestamp() - interval '1 hour')::integer AS recent,
         count(*) FILTER (WHERE state = 'held')::integer AS held
       FROM push_target WHERE tenant_id = $1 AND kind = ANY($2::text[])`,
      [tenantId, kinds],
    );
    return counts ?? { active: 0, recent: 0, held: 0 };
  }

  /** The hold that is open, or a new one. @returns its id */
  async open(db: TenantDb, tenantId: string, newId: string): Promise<string> {
    await db.query("SELECT pg_advisory_xact_lock(hashtextextended('push hold ' || $1, 0))", [tenantId]);
    const [known]: { id: string }[] = await db.query(
      `SELECT id FROM push_hold WHERE tenant_id = $1 AND state = 'open' AND expires_at > clock_timestamp()`,
      [tenantId],
    );
    if (known) return known.id;
    await db.query(
      `INSERT INTO push_hold (tenant_id, id, state, created_at, expires_at, size)
       VALUES ($1, $2, 'open', clock_timestamp(), clock_timestamp() + ${DAYS} * interval '1 day', 0)`,
      [tenantId, newId],
    );
    return newId;
  }

  /** @returns whether the hold was open */
  async decide(
    db: TenantDb,
    tenantId: string,
    holdId: string,
    state: Exclude<HoldState, 'open'>,
    note: string | null,
  ): Promise<boolean> {
    const open = await db.change(
      `UPDATE push_hold SET state = $3, decided_at = clock_timestamp(), note = $4,
         size = (SELECT count(*) FROM push_target WHERE tenant_id = $1 AND hold_id = $2 AND state = 'held')
       WHERE tenant_id = $1 AND id = $2 AND state = 'open'`,
      [tenantId, holdId, state, note],
    );
    if (open === 0) return false;
    await db.query(
      `UPDATE push_target SET hold_id = NULL, changed_at = clock_timestamp(), ${AFTER[state]}
       WHERE tenant_id = $1 AND hold_id = $2 AND state = 'held'`,
      [tenantId, holdId],
    );
    return true;
  }

  /** Ends the holds whose time is over. @returns how many */
  async expire(db: TenantDb, tenantId: string): Promise<number> {
    const lines: { id: string }[] = await db.query(
      `SELECT id FROM push_hold WHERE tenant_id = $1 AND state = 'open' AND expires_at <= clock_timestamp()`,
      [tenantId],
    );
    for (const { id } of lines) await this.decide(db, tenantId, id, 'expired', null);
    return lines.length;
  }
}
