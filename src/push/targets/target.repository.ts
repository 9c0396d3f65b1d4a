import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Subject } from '../wanted/subject';
import { type ClaimedTarget, ENROLMENT_STAYS, type Kind, nameOf, type Settlement, type TargetKey } from './target';

/** A worker that has not renewed its lease for so long is taken for dead. */
const LEASE_SECONDS = 10;

/** A call whose end was not seen may be carried out until then; only after that is anything created anew. */
const DOUBT_SECONDS = 10;

/** What waits is looked at again after this time even if nobody has called for it. */
const WAITING_SECONDS = 300;

interface TargetLine {
  readonly id: string;
  readonly kind: Kind;
  readonly subject: Subject;
  readonly place: string;
  readonly wanted: string;
  readonly attempts: number;
  readonly moodle_id: string | null;
  readonly pushed_digest: string | null;
  readonly is_active: boolean;
  readonly is_doubtful: boolean;
  readonly may_still_happen: boolean;
  readonly is_approved: boolean;
  readonly memo: unknown;
}

/** A claimed target, and what became of it. */
export interface Settled {
  readonly target: ClaimedTarget;
  readonly settlement: Settlement;
}

/** The state of every target; each method is a constant number of statements, by the database's clock. */
@Injectable()
export class TargetRepository {
  /**
   * Targets are wanted anew: these, all of the subjects, all in them, and all enrolments of the persons.
   * One that is ignored stays so.
   */
  async want(
    db: EntityManager,
    tenantId: string,
    keys: readonly TargetKey[],
    subjects: readonly string[],
    persons: readonly string[],
  ): Promise<void> {
    const columns = [keys.map(({ kind }) => kind), keys.map(({ subject }) => subject), keys.map(({ place }) => place)];
    await db.query(
      `INSERT INTO push_target (tenant_id, id, kind, subject, place, wanted, pushed, state, attempts, is_active, is_doubtful,
         is_approved, changed_at)
       SELECT $1, gen_random_uuid(), kind, subject, place, 0, 0, 'wanted', 0, false, false, false, clock_timestamp()
       FROM (SELECT DISTINCT kind, subject, place
         FROM unnest($2::text[], $3::text[], $4::text[]) AS key (kind, subject, place)) AS key
       ORDER BY kind, subject, place ON CONFLICT DO NOTHING`,
      [tenantId, ...columns],
    );
    await db.query(
      `UPDATE push_target AS target SET wanted = wanted + 1, attempts = 0, changed_at = clock_timestamp(),
         state = CASE WHEN state = 'ignored' THEN state ELSE 'wanted' END,
         next_try_at = CASE WHEN state = 'ignored' THEN NULL ELSE clock_timestamp() END
       FROM (SELECT kind, subject, place FROM unnest($2::text[], $3::text[], $4::text[]) AS key (kind, subject, place)
         UNION SELECT kind, subject, place FROM push_target WHERE tenant_id = $1 AND subject = ANY($5::text[])
         UNION SELECT kind, subject, place FROM push_target
           WHERE tenant_id = $1 AND kind IN ('enrolment', 'membership') AND subject = ANY($6::text[])
         UNION SELECT kind, subject, place FROM push_target
           WHERE tenant_id = $1 AND kind = 'membership' AND split_part(place, '/', 1) = ANY($5::text[])) AS due
       WHERE target.tenant_id = $1 AND target.kind = due.kind AND target.subject = due.subject
         AND target.place = due.place`,
      [tenantId, ...columns, subjects, persons],
    );
  }

  /**
   * Takes some that are due, so that no other worker does. One that was taken before and never settled is doubtful:
   * nobody knows how far that worker came.
   */
  async claim(
    db: EntityManager,
    tenantId: string,
    kind: Kind,
    lease: string,
    limit: number,
    isSerial: boolean,
  ): Promise<ClaimedTarget[]> {
    if (isSerial && !(await isFree(db, tenantId, kind))) return [];
    const [lines]: [TargetLine[], number] = await db.query(
      `UPDATE push_target AS target SET lease = $3, leased_until = clock_timestamp() + $5 * interval '1 second',
         is_doubtful = is_doubtful OR lease IS NOT NULL,
         doubt_until = CASE WHEN lease IS NULL THEN doubt_until ELSE clock_timestamp() + $6 * interval '1 second' END
       WHERE target.tenant_id = $1 AND target.id = ANY(ARRAY(
         SELECT id FROM push_target
         WHERE tenant_id = $1 AND kind = $2 AND next_try_at <= clock_timestamp()
           AND (lease IS NULL OR leased_until < clock_timestamp())
           AND NOT EXISTS (SELECT FROM push_tenant WHERE tenant_id = $1 AND paused_by = 'person')
         ORDER BY next_try_at, subject, place LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING target.*, coalesce(doubt_until > clock_timestamp(), false) AS may_still_happen`,
      [tenantId, kind, lease, limit, LEASE_SECONDS, DOUBT_SECONDS],
    );
    // In the order of Zoho's ids, which is that of creation: so sections come to stand in it.
    return lines.map(toClaimed).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /**
   * Takes those that are due because of what this transaction has done, whoever has them in hand: it is to be rolled
   * back. There is no doubt about them: what Moodle has is taken to be as it was pushed.
   */
  async claimTouched(
    db: EntityManager,
    tenantId: string,
    kind: Kind,
    lease: string,
    limit: number,
  ): Promise<ClaimedTarget[]> {
    const [lines]: [TargetLine[], number] = await db.query(
      `UPDATE push_target SET lease = $3, next_try_at = NULL, is_doubtful = false, doubt_until = NULL
       WHERE tenant_id = $1 AND id = ANY(ARRAY(
         SELECT id FROM push_target
         WHERE tenant_id = $1 AND kind = $2 AND next_try_at <= clock_timestamp() AND xmin = pg_current_xact_id()::xid
         ORDER BY subject, place LIMIT $4))
       RETURNING *, false AS may_still_happen`,
      [tenantId, kind, lease, limit],
    );
    return lines.map(toClaimed).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** Keeps what a worker must know that takes the target over. @throws when it is no longer this worker's */
  async remember(
    db: EntityManager,
    tenantId: string,
    target: ClaimedTarget,
    lease: string,
    memo: unknown,
  ): Promise<void> {
    const [, count]: [unknown, number] = await db.query(
      'UPDATE push_target SET memo = $4 WHERE tenant_id = $1 AND id = $2 AND lease = $3',
      [tenantId, target.id, lease, JSON.stringify(memo)],
    );
    if (count === 0) throw new Error(`${nameOf(target)} has been taken over`);
  }

  /** The worker is alive: what it has taken stays its own. */
  async renew(db: EntityManager, tenantId: string, lease: string): Promise<void> {
    await db.query(
      `UPDATE push_target SET leased_until = clock_timestamp() + $3 * interval '1 second'
       WHERE tenant_id = $1 AND lease = $2`,
      [tenantId, lease, LEASE_SECONDS],
    );
  }

  /**
   * Writes what became of claimed targets, as far as they are still this worker's. One that another has taken meanwhile
   * may have been overwritten in Moodle by this one: it is looked up again.
   */
  async settle(db: EntityManager, tenantId: string, lease: string, settled: readonly Settled[]): Promise<void> {
    // A child that turns to waiting and a parent that arrives must not miss each other.
    await db.query("SELECT pg_advisory_xact_lock(hashtextextended('push settle ' || $1, 0))", [tenantId]);
    await this.write(db, tenantId, lease, settled);
  }

  /** The same while no other worker settles, or none may notice. */
  async write(db: EntityManager, tenantId: string, lease: string, settled: readonly Settled[]): Promise<void> {
    const lines = settled.map((one) => toLine(one));
    const ids = settled.map(({ target }) => target.id);
    const parameters = [tenantId, lease, JSON.stringify(lines)];
    const [kept]: [{ id: string }[], number] = await db.query(
      `UPDATE push_target AS target SET
         pushed = CASE WHEN line.outcome = 'pushed' THEN line.wanted ELSE pushed END,
         pushed_at = CASE WHEN line.outcome = 'pushed' THEN clock_timestamp() ELSE pushed_at END,
         pushed_digest = CASE WHEN line.outcome = 'pushed' THEN line.digest ELSE pushed_digest END,
         deactivated_at = CASE WHEN line.outcome = 'pushed' AND target.is_active AND NOT line.is_active
           AND NOT target.is_approved THEN clock_timestamp() ELSE deactivated_at END,
         is_approved = is_approved AND line.outcome <> 'pushed', hold_id = line.hold_id,
         is_active = CASE WHEN line.outcome IN ('pushed', 'adopted') THEN line.is_active ELSE target.is_active END,
         moodle_id = CASE WHEN line.outcome IN ('pushed', 'adopted') THEN line.moodle_id ELSE target.moodle_id END,
         is_doubtful = CASE WHEN line.outcome = 'pushed' THEN false ELSE is_doubtful OR line.in_doubt END,
         doubt_until = CASE WHEN line.outcome = 'pushed' THEN NULL
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

  /** What has waited for one of these is due. */
  private async wakeWaiting(db: EntityManager, tenantId: string, settled: readonly Settled[]): Promise<void> {
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
  private async wakeLate(db: EntityManager, tenantId: string, settled: readonly Settled[]): Promise<void> {
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
  private async endMemberships(db: EntityManager, tenantId: string, settled: readonly Settled[]): Promise<void> {
    const ended = settled.filter(({ settlement }) => settlement.outcome === 'pushed' && settlement.endsChildren);
    if (ended.length === 0) return;
    await db.query(
      `UPDATE push_target AS target SET pushed_digest = NULL, is_active = false, wanted = wanted + 1,
         state = CASE WHEN state = 'ignored' THEN state ELSE 'wanted' END,
         next_try_at = CASE WHEN state = 'ignored' THEN NULL ELSE clock_timestamp() END
       FROM unnest($2::text[], $3::text[]) AS ended (subject, place)
       WHERE target.tenant_id = $1 AND target.kind = 'membership' AND target.subject = ended.subject
         AND split_part(target.place, '/', 2) = ended.place`,
      [tenantId, ended.map(({ target }) => target.subject), ended.map(({ target }) => target.place)],
    );
  }

  /** What stood in something that was made anew in Moodle is gone with what was there before. */
  private async wantChildren(db: EntityManager, tenantId: string, settled: readonly Settled[]): Promise<void> {
    const anew = settled.filter(({ target, settlement }) => isMadeAnew(target, settlement)).map(({ target }) => target);
    if (anew.length === 0) return;
    const subjectsOf = (isUser: boolean) =>
      anew.filter(({ kind }) => (kind === 'user') === isUser).map(({ subject }) => subject);
    await db.query(
      `UPDATE push_target SET wanted = wanted + 1, is_doubtful = true,
         state = CASE WHEN state = 'ignored' THEN state ELSE 'wanted' END,
         next_try_at = CASE WHEN state = 'ignored' THEN NULL ELSE clock_timestamp() END
       WHERE tenant_id = $1 AND place <> ''
         AND (string_to_array(place, '/') && $2::text[] OR subject = ANY($3::text[]))`,
      [tenantId, subjectsOf(false), subjectsOf(true)],
    );
  }

  private async doubt(
    db: EntityManager,
    tenantId: string,
    ids: readonly string[],
    kept: readonly string[],
  ): Promise<void> {
    const fine = new Set(kept);
    await db.query(
      `UPDATE push_target SET is_doubtful = true, wanted = wanted + 1,
         next_try_at = CASE WHEN state = 'ignored' THEN NULL ELSE clock_timestamp() END
       WHERE tenant_id = $1 AND id = ANY($2::uuid[])`,
      [tenantId, ids.filter((id) => !fine.has(id))],
    );
  }

  /** Nothing is known to be in Moodle any longer: it is another. Everything is looked up there before it is made. */
  async forgetMoodle(db: EntityManager, tenantId: string): Promise<void> {
    await db.query(
      `UPDATE push_target SET moodle_id = NULL, pushed_digest = NULL, memo = NULL, is_active = false, is_doubtful = false,
         doubt_until = NULL, hold_id = NULL, is_approved = false, wanted = wanted + 1, attempts = 0,
         state = CASE WHEN state = 'ignored' THEN state ELSE 'wanted' END,
         next_try_at = CASE WHEN state = 'ignored' THEN NULL ELSE clock_timestamp() END
       WHERE tenant_id = $1`,
      [tenantId],
    );
  }

  /** How these stand that others depend on; absent for those that nobody wants. */
  async findParents(db: EntityManager, tenantId: string, keys: readonly TargetKey[]): Promise<Map<string, Parent>> {
    const lines: ParentLine[] = await db.query(
      `SELECT kind, subject, place, moodle_id, is_active, message FROM push_target WHERE tenant_id = $1
         AND (kind, subject, place) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
      [tenantId, keys.map(({ kind }) => kind), keys.map(({ subject }) => subject), keys.map(({ place }) => place)],
    );
    return new Map(
      lines.map((line) => [
        nameOf(line),
        {
          moodleId: line.moodle_id === null ? null : Number(line.moodle_id),
          isActive: line.is_active,
          message: line.message,
        },
      ]),
    );
  }

  /** Moodle's ids of all targets of the kind in these places, also of those that are only remembered yet. */
  async findIds(db: EntityManager, tenantId: string, kind: Kind, places: readonly string[]): Promise<Set<number>> {
    const lines: { moodle_id: string }[] = await db.query(
      `SELECT coalesce(moodle_id, (memo->>'id')::bigint) AS moodle_id FROM push_target
       WHERE tenant_id = $1 AND kind = $2 AND place = ANY($3::text[]) AND (moodle_id IS NOT NULL OR memo ? 'id')`,
      [tenantId, kind, places],
    );
    return new Set(lines.map((line) => Number(line.moodle_id)));
  }

  /** Seconds until something is due, 0 while there are marks; null when nothing is. */
  async nextDueIn(db: EntityManager, tenantId: string): Promise<number | null> {
    const [line]: { seconds: number | null }[] = await db.query(
      `SELECT CASE WHEN EXISTS (SELECT FROM push_mark WHERE tenant_id = $1) THEN 0 ELSE
         (SELECT extract(epoch FROM min(greatest(next_try_at, leased_until)) - clock_timestamp())::float8
          FROM push_target WHERE tenant_id = $1 AND next_try_at IS NOT NULL) END AS seconds`,
      [tenantId],
    );
    return line?.seconds ?? null;
  }
}

/** A target that another depends on. */
export interface Parent {
  readonly moodleId: number | null;
  readonly isActive: boolean;
  /** why it is not as it should be */
  readonly message: string | null;
}

interface ParentLine extends TargetKey {
  readonly moodle_id: string | null;
  readonly is_active: boolean;
  readonly message: string | null;
}

const isMadeAnew = ({ kind, moodleId }: ClaimedTarget, settlement: Settlement): boolean =>
  kind !== 'section' && moodleId !== null && settlement.outcome === 'pushed' && settlement.moodleId !== moodleId;

/** Whether nobody has targets of the kind in hand. Who asks holds the answer until the end of the transaction. */
async function isFree(db: EntityManager, tenantId: string, kind: Kind): Promise<boolean> {
  await db.query("SELECT pg_advisory_xact_lock(hashtextextended('push ' || $1 || ' ' || $2, 0))", [kind, tenantId]);
  const [line]: { taken: boolean }[] = await db.query(
    `SELECT EXISTS (SELECT FROM push_target
       WHERE tenant_id = $1 AND kind = $2 AND leased_until >= clock_timestamp()) AS taken`,
    [tenantId, kind],
  );
  return line?.taken === false;
}

function toLine({ target, settlement }: Settled): Record<string, unknown> {
  const { id, wanted } = target;
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

const toClaimed = (line: TargetLine): ClaimedTarget => ({
  id: line.id,
  kind: line.kind,
  subject: line.subject,
  place: line.place,
  wanted: line.wanted,
  attempts: line.attempts,
  moodleId: line.moodle_id === null ? null : Number(line.moodle_id),
  pushedDigest: line.pushed_digest,
  isActive: line.is_active,
  isDoubtful: line.is_doubtful,
  mayStillHappen: line.may_still_happen,
  isApproved: line.is_approved,
  memo: line.memo,
});
