import type { TenantDb } from '../database/tenant-db';
import { TARGET_STATES, type TargetState } from './targets/push-target.entity';
import { KINDS } from './targets/target';

/** Targets that are not in Moodle as they are to be. */
export const UNPUSHED = TARGET_STATES.filter((state) => state !== 'pushed');

/** How the push stands for one tenant, for whoever watches it. */
export interface PushStanding {
  readonly counts: Readonly<Partial<Record<TargetState, number>>>;
  /** lines of changes that are not planned yet */
  readonly marks: number;
  /** the run that made the oldest of them */
  readonly oldestMarkedBy: string | null;
  /** how long the target has been due that is due for longest; null when none is */
  readonly dueSeconds: number | null;
  readonly openHolds: number;
  readonly oldestHoldSeconds: number | null;
  readonly pause: { readonly by: 'site' | 'person'; readonly reason: string; readonly seconds: number } | null;
}

interface StandingLine {
  readonly counts: PushStanding['counts'];
  readonly due_seconds: number | null;
  readonly marks: number;
  readonly marked_by: string | null;
  readonly holds: number;
  readonly hold_seconds: number | null;
  readonly paused_by: 'site' | 'person' | null;
  readonly reason: string | null;
  readonly paused_seconds: number;
}

/** One statement along indexes, which stops counting at `most` of a state. */
export async function readPushStanding(db: TenantDb, tenantId: string, most: number): Promise<PushStanding> {
  const [line] = await db.keyed<StandingLine[]>(
    `SELECT target.counts, due.seconds AS due_seconds, mark.count AS marks, mark.marked_by,
       hold.count AS holds, hold.seconds AS hold_seconds, pause.paused_by, pause.reason,
       extract(epoch FROM clock_timestamp() - pause.paused_at)::float8 AS paused_seconds
     FROM (SELECT jsonb_object_agg(of.state, counted.count) AS counts FROM unnest($2::text[]) AS of (state), LATERAL (
         SELECT count(*) FROM (
           SELECT FROM push_target WHERE tenant_id = $1 AND state = of.state LIMIT $4) AS line) AS counted) AS target,
       (SELECT extract(epoch FROM clock_timestamp() - min(oldest.next_try_at))::float8 AS seconds
         FROM unnest($3::text[]) AS of (kind), LATERAL (
           SELECT next_try_at FROM push_target
           WHERE tenant_id = $1 AND kind = of.kind AND next_try_at <= clock_timestamp()
           ORDER BY next_try_at LIMIT 1) AS oldest) AS due,
       (SELECT count(*)::integer AS count, (array_agg(run_id ORDER BY id))[1] AS marked_by FROM (
         SELECT id, run_id FROM push_mark WHERE tenant_id = $1 ORDER BY id LIMIT $4) AS line) AS mark,
       (SELECT count(*)::integer AS count, extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS seconds
         FROM push_hold WHERE tenant_id = $1 AND state = 'open') AS hold
     LEFT JOIN push_tenant AS pause ON pause.tenant_id = $1 AND pause.paused_by IS NOT NULL`,
    [tenantId, UNPUSHED, KINDS, most],
  );
  if (!line) throw new Error('A tenant has no standing');
  return {
    counts: line.counts,
    marks: line.marks,
    oldestMarkedBy: line.marked_by,
    dueSeconds: line.due_seconds,
    openHolds: line.holds,
    oldestHoldSeconds: line.hold_seconds,
    pause: line.paused_by && { by: line.paused_by, reason: line.reason ?? '', seconds: line.paused_seconds },
  };
}
