import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { type ClaimedTarget, DOUBT_SECONDS, ENROLMENT_STAYS, nameOf, type Settlement, WANTED_AGAIN } from './target';

/** What waits is looked at again after this time even if nobody has called for it. */
const WAITING_SECONDS = 300;

/** A claimed target, and what became of it. */
export interface Settled {
  readonly target: ClaimedTarget;
  readonly settlement: Settlement;
}

/** Writes what became of targets, and lets those know that depend on them; each step is one statement. */
@Injectable()
export class SettlementRepository {
  /**
   * Writes what became of claimed targets, as far as they are still this worker's. One that another has taken meanwhile
   * may have been overwritten in Moodle by this one: it is looked up again. Doubts that came up meanwhile stay, as they
   * want the target anew.
   */
  async settle(db: TenantDb, tenantId: string, lease: string, settled: readonly Settled[]): Promise<void> {
    // A child that turns to waiting and a parent that arrives must not miss each other.
    await db.query("SELECT pg_advisory_xact_lock(hashtextextended('push settle ' || $1, 0))", [tenantId]);
    await this.write(db, tenantId, lease, settled);
  }

  /** The same while no other worker settles, or none may notice. */
  async write(db: TenantDb, tenantId: string, lease: string, settled: readonly Settled[]): Promise<void> {
    const open = await this.lockOpenHolds(db, tenantId, settled);
    const lines = settled.map(({ target, settlement }) =>
      toLine(target, settlement.outcome === 'held' && !open.has(settlement.holdId) ? HOLD_DECIDED : settlement),
    );
    const ids = settled.map(({ target }) => target.id);
    const parameters = [tenantId, lease, JSON.stringify(lines)];
    const kept: { id: string }[] = await db.query(
      `UPDATE push_target AS target SET
         pushed = CASE WHEN line.outcome = 'pushed' THEN line.wanted ELSE pushed END,
         pushed_at = CASE WHEN line.outcome = 'pushed' THEN clock_timestamp() ELSE pushed_at END,
         pushed_digest = CASE WHEN line.outcome = 'pushed' THEN line.digest ELSE pushed_digest END,
         deactivated_at = CASE WHEN line.outcome = 'pushed' AND target.is_active AND NOT line.is_active
           AND NOT target.is_approved THEN clock_timestamp() ELSE deactivated_at END,
         is_approved = is_approved AND line.outcome <> 'pushed', hold_id = line.hold_id,
         is_active = CASE WHEN line.outcome IN ('pushed', 'adopted') THEN line.is_active ELSE target.is_active END,
         moodle_id = CASE WHEN line.outcome IN ('pushed', 'adopted') THEN line.moodle_id ELSE target.moodle_id END,
         is_doubtful = CASE WHEN line.outcome = 'pushed' AND target.wanted = line.wanted THEN false
           ELSE is_doubtful OR line.in_doubt END,
         doubt_until = CASE WHEN line.outcome = 'pushed' AND target.wanted = line.wanted THEN NULL
           WHEN line.in_doubt THEN clock_timestamp() + ${DOUBT_SECONDS} * interval '1 second' ELSE doubt_until END,
         memo = CASE WHEN line.outcome = 'pushed' THEN NULL ELSE coalesce(line.memo, target.memo) END,
         attempts = CASE WHEN line.outcome IN ('pushed', 'adopted', 'waiting') THEN 0 ELSE attempts + 1 END,
         reason = line.reason, message = line.message, awaits = line.awaits, lease = NULL, leased_until = NULL,
         changed_at = clock_timestamp(),
         state = CASE WHEN target.state = 'ignored' THEN 'ignored' WHEN target.wanted > line.wanted OR line.outcome = 'adopted' THEN 'wanted'
           ELSE line.outcome END,
         next_try_at = CASE WHEN target.state = 'ignored' THEN NULL
           WHEN target.wanted > line.wanted AND line.outcome <> 'retrying' THEN clock_timestamp()
           ELSE clock_timestamp() + line.after_seconds * interval '1 second' END
       FROM jsonb_to_recordset($3) AS line (id uuid, wanted bigint, outcome text,
         digest text, is_active boolean, moodle_id bigint, in_doubt boolean, memo jsonb, reason text, message text,
         awaits text[], after_seconds double precision, hold_id uuid)
       WHERE target.tenant_id = $1 AND target.id = line.id AND target.lease = $2
       RETURNING target.id`,
      parameters,
    );
    await this.wakeWaiting(db, tenantId, settled);
    await this.wakeLate(db, tenantId, settled);
    await this.wantChildren(db, tenantId, settled);
    await this.endMemberships(db, tenantId, settled);
    if (kept.length < settled.length)
      await this.doubt(
        db,
        tenantId,
        ids,
        kept.map(({ id }) => id),
      );
  }

  /** Those under which something is held now. Nobody decides about them before this transaction has ended. */
  private async lockOpenHolds(db: TenantDb, tenantId: string, settled: readonly Settled[]): Promise<Set<string>> {
    const ids = new Set(settled.flatMap(({ settlement }) => (settlement.outcome === 'held' ? settlement.holdId : [])));
    if (ids.size === 0) return ids;
    const lines: { id: string }[] = await db.query(
      `SELECT id FROM push_hold WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND state = 'open' FOR SHARE`,
      [tenantId, [...ids]],
    );
    return new Set(lines.map(({ id }) => id));
  }

  /** What has waited for one of these is due. */
  private async wakeWaiting(db: TenantDb, tenantId: string, settled: readonly Settled[]): Promise<void> {
    const names = settled
      .filter(({ settlement }) => settlement.outcome === 'pushed')
      .map(({ target }) => nameOf(target));
    if (names.length === 0) return;
    await db.query(
      `UPDATE push_target SET next_try_at = clock_timestamp()
       WHERE tenant_id = $1 AND state = 'waiting' AND awaits && $2::text[]`,
      [tenantId, names],
    );
  }

  /** What is to wait for something that has arrived meanwhile need not wait. */
  private async wakeLate(db: TenantDb, tenantId: string, settled: readonly Settled[]): Promise<void> {
    const waiting = settled.filter(({ settlement }) => settlement.outcome === 'waiting').map(({ target }) => target);
    if (waiting.length === 0) return;
    await db.query(
      `UPDATE push_target AS child SET next_try_at = clock_timestamp()
       WHERE child.tenant_id = $1 AND child.id = ANY($2::uuid[]) AND child.state = 'waiting'
         AND EXISTS (SELECT FROM push_target AS parent
           WHERE parent.tenant_id = $1 AND parent.kind = split_part(child.awaits[1], ' ', 1)
             AND parent.subject = split_part(child.awaits[1], ' ', 2)
             AND parent.place = split_part(child.awaits[1], ' ', 3)
             AND CASE WHEN child.reason = $3 THEN NOT parent.is_active WHEN parent.kind = 'enrolment' THEN parent.is_active
               ELSE parent.moodle_id IS NOT NULL END)`,
      [tenantId, waiting.map(({ id }) => id), ENROLMENT_STAYS],
    );
  }

  /** Moodle takes who is unenrolled out of the groups of the course: what was known of the memberships holds no longer. */
  private async endMemberships(db: TenantDb, tenantId: string, settled: readonly Settled[]): Promise<void> {
    const ended = settled.filter(({ settlement }) => settlement.outcome === 'pushed' && settlement.endsChildren);
    if (ended.length === 0) return;
    await db.query(
      `UPDATE push_target AS target SET pushed_digest = NULL, is_active = false, is_doubtful = true, wanted = wanted + 1,
         ${WANTED_AGAIN}
       FROM unnest($2::text[], $3::text[]) AS ended (subject, place)
       WHERE target.tenant_id = $1 AND target.kind = 'membership' AND target.subject = ended.subject
         AND split_part(target.place, '/', 2) = ended.place`,
      [tenantId, ended.map(({ target }) => target.subject), ended.map(({ target }) => target.place)],
    );
  }

  /** What stood in something that was made anew in Moodle is gone with what was there before. */
  private async wantChildren(db: TenantDb, tenantId: string, settled: readonly Settled[]): Promise<void> {
    const anew = settled.filter(({ target, settlement }) => isMadeAnew(target, settlement)).map(({ target }) => target);
    if (anew.length === 0) return;
    const subjectsOf = (isUser: boolean) =>
      anew.filter(({ kind }) => (kind === 'user') === isUser).map(({ subject }) => subject);
    await db.query(
      `UPDATE push_target AS target SET wanted = wanted + 1, is_doubtful = true,
         ${WANTED_AGAIN}
       WHERE tenant_id = $1 AND place <> ''
         AND (string_to_array(place, '/') && $2::text[] OR subject = ANY($3::text[]))`,
      [tenantId, subjectsOf(false), subjectsOf(true)],
    );
  }

  private async doubt(db: TenantDb, tenantId: string, ids: readonly string[], kept: readonly string[]): Promise<void> {
    const fine = new Set(kept);
    await db.query(
      `UPDATE push_target SET is_doubtful = true, wanted = wanted + 1,
         next_try_at = CASE WHEN state = 'ignored' THEN NULL ELSE clock_timestamp() END
       WHERE tenant_id = $1 AND id = ANY($2::uuid[])`,
      [tenantId, ids.filter((id) => !fine.has(id))],
    );
  }
}

const isMadeAnew = ({ kind, moodleId }: ClaimedTarget, settlement: Settlement): boolean =>
  kind !== 'section' && moodleId !== null && settlement.outcome === 'pushed' && settlement.moodleId !== moodleId;

/** Somebody has decided about the hold, and so about others, before this one came under it. */
const HOLD_DECIDED: Settlement = {
  outcome: 'retrying',
  reason: 'hold_decided',
  message: 'The hold was decided about before this came under it; it is looked at again',
  afterSeconds: 0,
  mayHaveHappened: false,
};

function toLine({ id, wanted }: ClaimedTarget, settlement: Settlement): Record<string, unknown> {
  const line = { id, wanted, outcome: settlement.outcome, in_doubt: false, is_active: false };
  switch (settlement.outcome) {
    case 'pushed': {
      const { moodleId, digest, isActive } = settlement;
      return { ...line, moodle_id: moodleId, digest, is_active: isActive };
    }
    case 'adopted':
      return { ...line, moodle_id: settlement.moodleId, is_active: true, after_seconds: 0 };
    case 'waiting':
      return { ...line, ...settlement, after_seconds: WAITING_SECONDS };
    case 'retrying': {
      const { reason, message, afterSeconds, mayHaveHappened, memo } = settlement;
      return { ...line, reason, message, after_seconds: afterSeconds, in_doubt: mayHaveHappened, memo };
    }
    case 'held':
      return { ...line, ...settlement, hold_id: settlement.holdId };
    case 'failed':
      return { ...line, ...settlement, in_doubt: settlement.mayHaveHappened ?? false };
    default:
      return settlement satisfies never;
  }
}
