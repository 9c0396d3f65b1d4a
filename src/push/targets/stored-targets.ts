import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import type { HoldState } from '../brake/push-hold.entity';
import type { TargetState } from './push-target.entity';
import { type TargetLine, toClaimed } from './target.repository';
import type { ClaimedTarget } from './target';

/** A target as it is stored, whoever has it in hand. */
export interface StoredTarget {
  /** as a worker would have it that claimed it now */
  readonly target: ClaimedTarget;
  readonly state: TargetState;
  readonly pushed: string;
  readonly isDue: boolean;
  readonly isLeased: boolean;
  /** of the hold that it is held back with; null when there is no such hold */
  readonly hold: HoldState | null;
}

interface StoredLine extends TargetLine {
  readonly state: TargetState;
  readonly pushed: string;
  readonly next_try_at: Date | null;
  readonly lease: string | null;
  readonly hold: HoldState | null;
}

/** Two records that are the same thing in Moodle. */
export interface SharedTarget {
  readonly kind: string;
  readonly moodleId: string;
  readonly subjects: readonly string[];
}

/** Reads targets to look whether they are what they should be; each method is one statement. */
@Injectable()
export class StoredTargets {
  /** In the order of their ids. */
  async findPage(db: TenantDb, tenantId: string, after: string, limit: number): Promise<StoredTarget[]> {
    const lines: StoredLine[] = await db.query(
      `SELECT target.*, false AS may_still_happen, hold.state AS hold
       FROM push_target AS target LEFT JOIN push_hold AS hold ON hold.tenant_id = $1 AND hold.id = target.hold_id
       WHERE target.tenant_id = $1 AND target.id > $2 ORDER BY target.id LIMIT $3`,
      [tenantId, after, limit],
    );
    return lines.map((line) => ({
      target: toClaimed(line),
      state: line.state,
      pushed: line.pushed,
      isDue: line.next_try_at !== null,
      isLeased: line.lease !== null,
      hold: line.hold,
    }));
  }

  /** Things in Moodle that several records take for their own; the first so many. */
  async findShared(db: TenantDb, tenantId: string, limit: number): Promise<SharedTarget[]> {
    return db.query(
      `SELECT kind, moodle_id AS "moodleId", array_agg(subject ORDER BY subject) AS subjects
       FROM push_target WHERE tenant_id = $1 AND moodle_id IS NOT NULL
       GROUP BY kind, moodle_id HAVING count(*) > 1 ORDER BY kind, moodle_id LIMIT $2`,
      [tenantId, limit],
    );
  }

  /** Whether what has changed is planned, and by these settings: otherwise targets may be what they were. */
  async isPlanned(db: TenantDb, tenantId: string, layout: string, profileVersion: number): Promise<boolean> {
    const [line]: { is_planned: boolean }[] = await db.query(
      `SELECT EXISTS (SELECT FROM push_tenant WHERE tenant_id = $1 AND layout = $2 AND profile_version = $3)
         AND NOT EXISTS (SELECT FROM push_mark WHERE tenant_id = $1) AS is_planned`,
      [tenantId, layout, profileVersion],
    );
    return line?.is_planned ?? false;
  }
}
